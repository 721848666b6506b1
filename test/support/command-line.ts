import { PassThrough } from 'node:stream'
import { keepText } from '../../adapters/servers/kept-files.ts'
import { busSeed } from '../../adapters/servers/nats-server.ts'
import { createOutput, type Output } from '../../cli/output.ts'
import type { Settings } from '../../cli/settings.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { TaskRequest } from '../../core/task/request.ts'
import { fleetFolder } from './fleet-folder.ts'
import type { NatsServer } from './nats.ts'
import { cloneFolder } from './process.ts'

/** The fleet of `fleetFolder`, with a founder, a second room and a private one. */
const fleetText = `rooms:
  breakroom: {}
  dev: {}
  board: { visibility: private }
platforms:
  - name: local
    kind: irc
    embedded: true
    rooms: { breakroom: "#breakroom", dev: "#dev", board: "#board" }
people:
  ada: { name: Ada, tier: member }
  grace: { name: Grace, tier: founder }
`

/** A fleet's folder and home whose command line may use this bus; gone after `using`. */
export function commandLineHome(nats: NatsServer, files: Record<string, string> = {}): Settings & Disposable {
  const folder = fleetFolder({ 'breakroom.yaml': fleetText, ...files })
  const home = `${folder.path}/home`
  keepText(`${home}/keys/cli.nk`, nats.options({ kind: 'cli' }).seed ?? '')
  // What was kept is what is read, or every test would be denied.
  busSeed(home, 'cli')
  return {
    folder: folder.path,
    clone: cloneFolder,
    home,
    ircPort: 0,
    ircHost: '127.0.0.1',
    ircElsewhere: false,
    httpPort: 0,
    httpHost: '127.0.0.1',
    natsUrl: nats.url,
    redisUrl: null,
    slackApiUrl: 'https://slack.com/api/',
    env: {},
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

/** An output that is kept. */
export function keptOutput(json = false): { output: Output; printed(): string; talked(): string } {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  let [out, err] = ['', '']
  stdout.on('data', (chunk) => {
    out += chunk
  })
  stderr.on('data', (chunk) => {
    err += chunk
  })
  return { output: createOutput(json, stdout, stderr), printed: () => out, talked: () => err }
}

/**
 * Answers the command line in the place of the task service until `signal` aborts; what it was asked is kept, oldest first, with
 * the verb.
 */
export async function standInForTasks(
  nats: NatsServer,
  answers: Record<string, (request: TaskRequest) => unknown>,
  signal: AbortSignal,
): Promise<{ verb: string; request: TaskRequest }[]> {
  const asked: { verb: string; request: TaskRequest }[] = []
  const { taskService } = orgSubjects('breakroom')
  const endpoints = Object.entries(answers).map(([verb, answer]) => {
    const handler = async (data: unknown) => {
      const request = data as TaskRequest
      asked.push({ verb, request })
      return answer(request)
    }
    return [verb, { subject: taskService(verb, 'cli'), handler }] as const
  })
  await nats.as({ kind: 'tasks' }).bus.serve('tasks', Object.fromEntries(endpoints), signal)
  return asked
}

/** The same in the place of the state store. */
export async function standInForState(
  nats: NatsServer,
  answers: Record<string, (data: unknown) => unknown>,
  signal: AbortSignal,
): Promise<{ verb: string; data: unknown }[]> {
  const asked: { verb: string; data: unknown }[] = []
  const { stateService } = orgSubjects('breakroom')
  const endpoints = Object.entries(answers).map(([verb, answer]) => {
    const handler = async (data: unknown) => {
      asked.push({ verb, data })
      return answer(data)
    }
    return [verb, { subject: stateService(verb, 'cli'), handler }] as const
  })
  await nats.as({ kind: 'state' }).bus.serve('state', Object.fromEntries(endpoints), signal)
  return asked
}
