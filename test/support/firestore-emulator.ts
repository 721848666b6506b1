import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { findServer } from '../../adapters/servers/find-server.ts'
import { cloneFolder, freePort, type Running, run, until } from './process.ts'

/** Google's own emulator of Firestore, with a project of its own and nothing in it. */
export interface FirestoreEmulator extends AsyncDisposable {
  /** `127.0.0.1:<port>`, as FIRESTORE_EMULATOR_HOST has it. */
  readonly host: string
  /** A new one each time. */
  readonly project: string
  /** Another one after `restart`. */
  readonly pid: number
  readonly output: string
  /** Kills it; nothing answers at `host` any more. */
  stop(): Promise<void>
  /** It keeps its connections and answers nothing (SIGSTOP). */
  freeze(): void
  resume(): void
  /** Removes all documents of the project. */
  clear(): Promise<void>
  /** Killed, and begun anew on the same port, empty. */
  restart(): Promise<void>
}

/**
 * Null when the emulator can run here, else one sentence that says what is missing and how to get it. A suite that needs it begins with
 * `beforeEach(({ skip }) => skip(missing !== null, missing ?? ''))`, so that the run prints the sentence.
 */
export function firestoreMissing(): string | null {
  if (javaProgram() === null) {
    return 'the Firestore emulator needs Java 17 or later: install it, so that "java" is on PATH'
  }
  if (emulatorJar() === null) {
    return (
      'the Firestore emulator is not installed: run "gcloud components install cloud-firestore-emulator" ' +
      '(or apt-get install google-cloud-cli-firestore-emulator), or name its jar in FIRESTORE_EMULATOR_JAR'
    )
  }
  return null
}

/**
 * Starts the emulator, with security rules when a file of them is named; it answers when this resolves, which on a busy machine may take
 * half a minute and more. It keeps everything in memory, and
 * what was there before, too: whoever writes a lot says how much it may take.
 */
export async function firestoreEmulator(
  options: { rules?: string; megabytes?: number } = {},
): Promise<FirestoreEmulator> {
  const java = javaProgram()
  const jar = emulatorJar()
  if (java === null || jar === null) throw new Error(`${firestoreMissing()}`)
  const port = await freePort()
  const host = `127.0.0.1:${port}`
  const project = `breakroom-test-${randomUUID().slice(0, 8)}`
  // It needs little for what tests keep in it, and starts sooner without the second compiler.
  const machine = [`-Xmx${options.megabytes ?? 256}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', jar]
  const begin = [
    'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
    'start',
    '--host=127.0.0.1',
    `--port=${port}`,
    ...(options.rules === undefined ? [] : [`--rules=${options.rules}`]),
  ]

  const documents = `http://${host}/v1/projects/${project}/databases/(default)/documents`
  // Its first answer about a document takes far longer than the next ones: it is spent here.
  const ask = () => ({ headers: { authorization: 'Bearer owner' }, signal: AbortSignal.timeout(5_000) })

  let server: Running
  const killServer = () => void server.kill('SIGKILL')

  async function start() {
    // Outside of Google's cloud it would ask for the machine's own account, and wait for an answer.
    server = run(java ?? '', [...machine, ...begin], { env: { ...process.env, METADATA_SERVER_DETECTION: 'none' } })
    let over = false
    void server.exited.then(() => {
      over = true
    })
    await until(
      'the Firestore emulator answers',
      async () => over || (await fetch(`${documents}/nothing/here`, ask())).status === 404,
      60_000,
    )
    if (over) throw new Error(`The Firestore emulator ended at its start: ${server.output.slice(-2_000)}`)
  }

  async function stop() {
    process.off('exit', killServer)
    await server[Symbol.asyncDispose]()
  }

  // It is large: a test process that gives up half-way must not leave it behind.
  process.once('exit', killServer)
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    host,
    project,
    get pid() {
      return server.pid
    },
    get output() {
      return server.output
    },
    stop,
    freeze: () => freeze(server.pid),
    resume: () => void process.kill(server.pid, 'SIGCONT'),
    async clear() {
      const all = documents.replace('/v1/', '/emulator/v1/')
      const answer = await fetch(all, { method: 'DELETE' })
      if (!answer.ok) throw new Error(`The Firestore emulator did not clear ${project}: ${await answer.text()}`)
    },
    async restart() {
      await server.kill('SIGKILL')
      await start()
    },
    [Symbol.asyncDispose]: stop,
  }
}

function javaProgram(): string | null {
  return findServer('java', process.env, cloneFolder)
}

/** What the environment names, else where the Cloud SDK keeps it: above the `gcloud` of PATH, or in its usual places. */
function emulatorJar(): string | null {
  const named = process.env.FIRESTORE_EMULATOR_JAR
  if (named) return existsSync(named) ? named : null
  const gcloud = findServer('gcloud', process.env, cloneFolder)
  const sdks = [
    ...(gcloud === null ? [] : [dirname(dirname(realpathSync(gcloud)))]),
    '/usr/lib/google-cloud-sdk',
    join(homedir(), 'google-cloud-sdk'),
  ]
  const within = 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar'
  return sdks.map((sdk) => join(sdk, within)).find((path) => existsSync(path)) ?? null
}

/** Stops a process where it stands, and returns when each of its threads does: on a busy machine one or another still answers meanwhile. */
function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP')
  const given = performance.now() + 5_000
  while (!threadsOf(pid).every((state) => state === 'T')) {
    if (performance.now() > given) throw new Error(`${pid} does not stop`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
  }
}

/** What each thread of a process does, by the letter that Linux has for it; nothing where nobody can say. */
function threadsOf(pid: number): string[] {
  const tasks = `/proc/${pid}/task`
  if (!existsSync(tasks)) return []
  return readdirSync(tasks).map((thread) => /\) (\S)/.exec(readFileSync(`${tasks}/${thread}/stat`, 'utf8'))?.[1] ?? '')
}
