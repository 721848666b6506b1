import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createNats, type Nats } from '../../adapters/nats/nats.ts'
import { busSeed } from '../../adapters/servers/nats-server.ts'
import { isRunning, type MarkedProcess, send } from '../../adapters/servers/process-mark.ts'
import { type Ready, readReady } from '../../cli/ready-file.ts'
import { asChatLine, type ChatEnvelope } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import type { Recorded, RecordName } from '../../ports/bus.ts'
import { fleetRoom, slackEnvironment, type TestFleetOptions, writeConfiguration } from './fleet-configuration.ts'
import { type IrcPerson, ircPerson } from './irc-person.ts'
import { cloneFolder, type Running, run, temporaryFolder, until } from './process.ts'
import { quietLog, quietMetrics } from './quiet.ts'

export { fleetRoom }

/** What runs as a process of its own when the fleet does not run as one. */
const fleetParts = ['router', 'tasks', 'state', 'knowledge', 'desk', 'sweep', 'bots', 'bridge'] as const
export type FleetPart = (typeof fleetParts)[number]
/** `up` is the whole fleet as one process, `servers` its servers alone, `gateway` what others reach of the parts. */
type FleetProgram = FleetPart | 'up' | 'servers' | 'gateway'
export const fleetServers = ['nats', 'redis', 'ergo'] as const
type FleetServer = (typeof fleetServers)[number]

const breakroom = join(cloneFolder, 'cli/breakroom.ts')

/** What a command ended with. */
interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** A fleet in a home and a folder of its own, run by the real command. Nothing runs until it is told to. */
export interface TestFleet extends AsyncDisposable {
  /** Where its breakroom.yaml and roles/ are. */
  readonly folder: string
  readonly home: string
  /** Where it listens; throws while it is not up. */
  readonly ready: Ready
  /** What this program, which was started last, has printed. */
  outputOf(program: FleetProgram): string
  /** Starts a program and resolves when it says that it is up. `env` goes over the fleet's own. */
  start(program: FleetProgram, env?: NodeJS.ProcessEnv): Promise<Running>
  /** Asks a program to end and resolves with its exit code. */
  stop(program: FleetProgram, signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null>
  /** Ends a program at once, with SIGKILL. */
  kill(program: FleetProgram): Promise<void>
  /** Starts the servers and every part, each as a process of its own. */
  startParts(): Promise<void>
  /** Asks all that runs to end, whoever starts the servers last. */
  stopAll(): Promise<void>
  /** Resolves when the knowledge proxy has read its corpus once: until then a busy machine is told "I am still reading". */
  corpusRead(): Promise<void>
  /** The process of a server as the home knows it; null when there is none. */
  server(name: FleetServer): MarkedProcess | null
  killServer(name: FleetServer): Promise<void>
  /** Runs `breakroom <args>` until it is disposed, in its folder or in one of another configuration of the same fleet. */
  open(args: string[], configuration?: string): Running
  /** Runs `breakroom <args>` to its end. */
  command(args: string[], env?: NodeJS.ProcessEnv): Promise<Ended>
  /** The bus, as its administrator. */
  bus(): Nats
  /** All that a record holds now. */
  record(name: RecordName): Promise<Recorded[]>
  /** The lines of a record, oldest first, with where they stand. */
  lines(name?: RecordName): Promise<(ChatEnvelope & { seq: number; stands: string })[]>
  /** Somebody in the fleet's room on its own network; whoever is among its `people` has the account. */
  person(nick: string, options?: Partial<Parameters<typeof ircPerson>[0]>): Promise<IrcPerson>
}

/** A copy of the shipped configuration with free ports; everything is gone after `await using`. */
export function createTestFleet(options: TestFleetOptions = {}): TestFleet {
  const temporary = temporaryFolder()
  const folder = join(temporary.path, 'fleet')
  const home = join(temporary.path, 'home')
  writeConfiguration(folder, options)
  const started = new Map<FleetProgram, Running>()
  const people: IrcPerson[] = []
  let nats: Nats | null = null

  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    BREAKROOM_HOME: home,
    BREAKROOM_IRC_PORT: '0',
    ...(options.slack === undefined ? {} : slackEnvironment(options.slack)),
    ...(options.firestore === undefined ? {} : { FIRESTORE_EMULATOR_HOST: options.firestore.host }),
  }

  const fleet: TestFleet = {
    folder,
    home,
    get ready() {
      const ready = readReady(home)
      if (ready === null) throw new Error('the fleet is not up')
      return ready
    },
    outputOf: (program) => started.get(program)?.output ?? '',
    async start(program, more = {}) {
      if (started.has(program)) throw new Error(`${program} runs already`)
      const args = program === 'up' ? ['up'] : ['run', program]
      const running = run(process.execPath, [breakroom, ...args], {
        cwd: folder,
        // A part that is given a port shows its health there, which nobody here looks at.
        env: { ...env, ...(program === 'up' ? { BREAKROOM_HTTP_PORT: '0' } : {}), ...more },
      })
      started.set(program, running)
      let ended = false
      void running.exited.then(() => {
        ended = true
      })
      await until(`${program} is up`, () => ended || / (is|are) up\b/.test(running.output), 60_000)
      if (ended) throw new Error(`${program} did not come up: ${running.output}`)
      return running
    },
    async stop(program, signal = 'SIGTERM') {
      const running = started.get(program)
      await running?.kill(signal)
      started.delete(program)
      return running?.exited ?? null
    },
    async kill(program) {
      await started.get(program)?.kill('SIGKILL')
      started.delete(program)
    },
    async startParts() {
      await fleet.start('servers')
      await Promise.all(fleetParts.map((part) => fleet.start(part)))
    },
    async stopAll() {
      const above: FleetProgram[] = ['up', 'servers']
      await Promise.all(
        [...started.keys()].filter((program) => !above.includes(program)).map((program) => fleet.stop(program)),
      )
      for (const program of above) await fleet.stop(program)
    },
    async corpusRead() {
      await until(
        'the corpus is read',
        async () => {
          const { code, stdout } = await fleet.command(['corpus', 'status', '--json'])
          if (code !== 0) return false
          const { sources } = JSON.parse(stdout) as { sources: { state: string }[] }
          return sources.every(({ state }) => state !== 'reading')
        },
        60_000,
      )
    },
    server(name) {
      const { pid, mark } = recordOf(home, name)
      return pid === undefined || mark === undefined ? null : { pid, mark }
    },
    async killServer(name) {
      const found = fleet.server(name)
      if (found === null) throw new Error(`no ${name} runs`)
      send(found, 'SIGKILL')
      await until(`${name} is gone`, () => !isRunning(found))
    },
    open: (args, configuration = folder) => run(process.execPath, [breakroom, ...args], { cwd: configuration, env }),
    command(args, more = {}) {
      const options = { cwd: folder, env: { ...env, ...more }, timeout: 60_000 }
      return new Promise((done) => {
        execFile(process.execPath, [breakroom, ...args], options, (error, stdout, stderr) => {
          done({ code: error === null ? 0 : Number(error.code), stdout, stderr })
        })
      })
    },
    bus() {
      const { nats: url } = fleet.ready
      const seed = busSeed(home, 'admin')
      nats ??= createNats({ servers: [url], seed, user: 'admin', log: quietLog, metrics: quietMetrics })
      return nats
    },
    async record(name) {
      const { bus } = fleet.bus()
      const last = await until(`${name} can be read`, async () => ({ seq: await bus.lastSeq(name) }), 20_000)
      const entries: Recorded[] = []
      if (last.seq === 0) return entries
      for await (const entry of bus.read({ record: name, after: 0, signal: new AbortController().signal })) {
        entries.push(entry)
        if (entry.seq >= last.seq) break
      }
      return entries
    },
    async lines(name = 'events') {
      return (await fleet.record(name)).flatMap(({ envelope, seq, subject }) => {
        const line = envelope instanceof BreakroomError ? null : asChatLine(envelope)
        return line === null ? [] : [{ ...line, seq, stands: subject }]
      })
    },
    async person(nick, more = {}) {
      const { irc } = fleet.ready
      const person = await ircPerson({ port: irc?.port ?? 0, nick, ...more })
      people.push(person)
      if (options.people?.[nick] !== undefined) {
        person.send('NS REGISTER a-passphrase')
        await person.waitFor(/NOTICE .*Account created/)
      }
      await person.join(fleetRoom)
      return person
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...people.map((person) => person.close()), nats?.bus.close()])
      // Whoever starts servers again when they end goes first.
      await Promise.all([...started.values()].map((program) => program.kill('SIGKILL')))
      const left = fleetServers.flatMap((name) => fleet.server(name) ?? [])
      for (const server of left) send(server, 'SIGKILL')
      await until('the servers are gone', () => !left.some(isRunning))
      temporary[Symbol.dispose]()
    },
  }
  return fleet
}

function recordOf(home: string, name: FleetServer): { pid?: number; mark?: string } {
  try {
    return JSON.parse(readFileSync(join(home, 'run', `${name}.json`), 'utf8'))
  } catch {
    return {}
  }
}
