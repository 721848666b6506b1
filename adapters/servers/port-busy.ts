import { BreakroomError } from '../../core/errors.ts'
import { anyFreePort, isPortFree, listenerOn } from './ports.ts'

/** The error for a port that is taken: by whom, and, where an environment variable chooses it, a port that is free now. */
export async function portBusy(host: string, port: number, variable?: string): Promise<BreakroomError> {
  const owner = listenerOn(port)
  const who = owner ? `another program (${owner.name}, pid ${owner.pid})` : 'another program'
  const choice = variable ? `, or choose another: ${variable}=${await freePortNear(host, port)} npm start` : ''
  return new BreakroomError('port_busy', `Port ${port} on ${host} is taken by ${who}; stop it${choice}`, {
    detail: { port, pid: owner?.pid, name: owner?.name },
  })
}

async function freePortNear(host: string, port: number): Promise<number> {
  for (let near = port + 1; near <= Math.min(port + 10, 65_535); near++) {
    if (await isPortFree(host, near)) return near
  }
  return anyFreePort(host)
}
