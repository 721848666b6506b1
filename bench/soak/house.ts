import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createTestFleet, type FleetPart, fleetServers, type TestFleet } from '../../test/support/fleet.ts'
import { type Running, until } from '../../test/support/process.ts'
import { checkProgram, peopleRole, programRoles, workProgram } from './plan.ts'
import type { Random } from './random.ts'

/** Everything that can be killed: a process each. */
const partsOf: Record<string, FleetPart> = {
  bridge: 'bridge',
  router: 'router',
  desk: 'desk',
  'bots 1': 'bots',
  'bots 2': 'bots',
  'tasks 1': 'tasks',
  'tasks 2': 'tasks',
}
export const victims = [...Object.keys(partsOf), ...fleetServers] as const

/** A whole fleet, every part a process of its own through the real command, started again whenever one ends. */
export interface House extends AsyncDisposable {
  readonly fleet: TestFleet
  /** Ends a process at once. Resolves with false when it did not run at that moment. */
  kill(victim: string): Promise<boolean>
  /** Parts that ended without being killed, with the last of what they said. */
  readonly ended: string[]
  /** Asks all parts to end, the servers stay; resolves when they have. */
  stopParts(): Promise<void>
}

/** Starts it; `random` says how long whatever ended stays away. What the processes said goes to files in `logs`. */
export async function openHouse(random: Random, logs: string | null): Promise<House> {
  if (logs !== null) mkdirSync(logs, { recursive: true })
  const fleet = createTestFleet({
    roles: ['ceo', 'devops-director', peopleRole, ...programRoles],
    limits: { task_lease_seconds: 2 },
    checks: { work: [...workProgram], verified: [...checkProgram] },
    changes: Object.fromEntries(
      programRoles.map((role) => [role, { brain: { kind: 'command', command: 'work', minutes: 1 } }]),
    ),
  })
  const running = new Map<string, Running>()
  const ended: string[] = []
  const kept: Promise<void>[] = []
  let stopping = false

  async function keep(name: string, part: FleetPart, isUp: () => void): Promise<void> {
    while (!stopping) {
      const process = fleet.open(['run', part])
      running.set(name, process)
      const over = process.exited.then(() => true)
      const up = until(`${name} is up`, () => / (is|are) up\b/.test(process.output), 60_000)
      await Promise.race([up.then(isUp, () => {}), over])
      const code = await process.exited
      running.delete(name)
      if (logs !== null) appendFileSync(join(logs, `${name}.log`), `${process.output}--- ended with ${code}\n`)
      // A signal leaves no code.
      if (code !== null && !stopping) ended.push(`${name} ended with ${code}: ${process.output.slice(-500)}`)
      if (!stopping) await pause(random.between(50, 800))
    }
  }

  try {
    await fleet.start('servers')
    const up = Object.entries(partsOf).map(
      ([name, part]) => new Promise<void>((done) => void kept.push(keep(name, part, done))),
    )
    await Promise.all(up)
  } catch (error) {
    await close()
    throw error
  }

  async function stop(signal: NodeJS.Signals): Promise<void> {
    stopping = true
    for (const process of running.values()) void process.kill(signal)
    await Promise.all(kept)
  }

  async function close(): Promise<void> {
    await stop('SIGKILL')
    await fleet[Symbol.asyncDispose]()
  }

  return {
    fleet,
    ended,
    async kill(victim) {
      const server = fleetServers.find((name) => name === victim)
      if (server !== undefined) {
        if (fleet.server(server) === null) return false
        await fleet.killServer(server)
        return true
      }
      const process = running.get(victim)
      await process?.kill('SIGKILL')
      return process !== undefined
    },
    stopParts: () => stop('SIGTERM'),
    [Symbol.asyncDispose]: close,
  }
}
