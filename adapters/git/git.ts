import { spawn } from 'node:child_process'
import { isAbsolute } from 'node:path'
import { oneLine } from '../../core/clean-text.ts'
import { BreakroomError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/knowledge/corpus-address.ts'

/** One call of git. */
interface GitCall {
  /** Of the repository that it is about. */
  folder: string
  /** Where its files are checked out; then git works there, whatever the repository's own settings say. */
  workTree?: string | undefined
  args: readonly string[]
  input?: string | Buffer
  /** Of what it prints; more is an error. Bytes. */
  most?: number
  timeLimitMs?: number
  signal?: AbortSignal | undefined
  /** Gets what is printed, piece by piece, instead of the answer; `false` ends the program, which then was right. */
  onOutput?: (piece: Buffer) => boolean
}

/**
 * Runs git: resolves with what it printed. Rejects with `unavailable` when it fails: `detail.why` is what it said, `detail.exit` its exit
 * code, null when it did not come to an end by itself; `detail.tooMuch` when it printed too much.
 */
export type Git = (call: GitCall) => Promise<Buffer>

/** What git needs to find its helpers, keys and proxies; the rest of an environment stays here, so nobody can aim git at another repository. */
const passedOn =
  /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|XDG_CONFIG_HOME|SSH_AUTH_SOCK|SSL_CERT_FILE|SSL_CERT_DIR|(?:https?|all|no)_proxy)$/i

/**
 * No hook, no filter, no helper is run that somebody else named; nobody is asked for a password; only transports that carry bytes are used.
 */
const base = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.askPass=',
  'credential.interactive=false',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'fetch.writeCommitGraph=false',
  'gc.autoDetach=false',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=60',
  'protocol.allow=never',
]
const reaching = ['https', 'http', 'ssh', 'git', 'file'].map((transport) => `protocol.${transport}.allow=always`)
/**
 * A repository that somebody else settles may say that objects are elsewhere and name the program that fetches them; its settings win over
 * ours where they are more special, these do not give way. What replaces an object does not count: it is in no commit.
 */
const staying = {
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
}

/**
 * Git as it is installed. `hostEnvironment` is our own environment; `address` is the repository that it may reach, and kept out of what is
 * said, as far as it has a key in it. Without one nothing but what is on the disk is read. `indexFile` is read instead of the
 * repository's own index.
 */
export function createGit({
  hostEnvironment,
  address = null,
  indexFile,
}: {
  hostEnvironment: Readonly<Record<string, string | undefined>>
  address?: string | null
  indexFile?: string | undefined
}): Git {
  const settings = address === null ? base : [...base, ...reaching]
  const env: Record<string, string> = { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '' }
  if (address === null) Object.assign(env, staying)
  if (indexFile !== undefined) env.GIT_INDEX_FILE = indexFile
  for (const [name, value] of Object.entries(hostEnvironment)) {
    if (value && passedOn.test(name)) env[name] = name.toUpperCase() === 'PATH' ? ownFolders(value) : value
  }

  return function git({
    folder,
    workTree,
    args,
    input = '',
    most = 64_000_000,
    timeLimitMs = 60_000,
    signal,
    onOutput,
  }) {
    const place = workTree === undefined ? [] : ['-C', workTree, `--work-tree=${workTree}`]
    const argv = [...place, `--git-dir=${folder}`, ...settings.flatMap((setting) => ['-c', setting]), ...args]
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(failed('it was stopped'))
      // A session of its own: then there is no terminal that ssh could ask at, and its helpers end with it.
      const child = spawn('git', argv, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
      const pieces: Buffer[] = []
      let length = 0
      let said = ''
      let over: { why: string | null; tooMuch?: boolean } | null = null
      const timer = setTimeout(() => end(`it took longer than ${Math.round(timeLimitMs / 1_000)} s`), timeLimitMs)
      const stop = () => end('it was stopped')
      signal?.addEventListener('abort', stop)
      child.stdin.on('error', () => {})
      child.stdin.end(input)
      child.stderr.on('data', (piece: Buffer) => {
        said = (said + piece).slice(-4_000)
      })
      child.stdout.on('data', (piece: Buffer) => {
        if (over !== null) return
        length += piece.length
        if (onOutput !== undefined) {
          if (!onOutput(piece)) end(null)
        } else if (length > most) end(`it printed more than ${most} bytes`, true)
        else pieces.push(piece)
      })
      child.once('error', (error: NodeJS.ErrnoException) => {
        settle()
        reject(error.code === 'ENOENT' ? missing(error) : failed(error.message, {}, error))
      })
      child.once('close', (code, killed) => {
        settle()
        if (over?.why === null || (over === null && code === 0)) resolve(Buffer.concat(pieces))
        else if (over !== null) reject(failed(over.why ?? '', { tooMuch: over.tooMuch === true }))
        else reject(failed(lastWords(said) ?? `it ended with ${killed ?? code}`, { exit: code }))
      })

      /** `null`: it did what it was to do. */
      function end(why: string | null, tooMuch = false): void {
        if (over !== null) return
        over = { why, tooMuch }
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
        } catch {
          // It is over already.
        }
      }

      function settle(): void {
        clearTimeout(timer)
        signal?.removeEventListener('abort', stop)
      }
    })

    function failed(why: string, more: Record<string, unknown> = {}, cause?: unknown): BreakroomError {
      const shown = oneLine(address === null ? why : withoutCredentials(why, address), 300)
      const detail = { why: shown, exit: null, ...more }
      return new BreakroomError('unavailable', `git ${args[0]} failed: ${shown}`, { cause, detail })
    }
  }
}

/**
 * PATH without what lies where somebody works: a folder that is seen from wherever one stands, and the programs of a package, which npm puts
 * in front when the fleet is started by it.
 */
function ownFolders(path: string): string {
  return path
    .split(':')
    .filter((folder) => isAbsolute(folder) && !folder.split('/').includes('node_modules'))
    .join(':')
}

function missing(cause: unknown): BreakroomError {
  const why = 'git is not installed; install it, or name a folder instead'
  return new BreakroomError('unavailable', `A repository cannot be read: ${why}.`, { cause, detail: { why } })
}

/** What git complained about last. */
function lastWords(said: string): string | null {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  return lines.findLast((line) => /^(?:fatal|error):/.test(line))?.replace(/^\w+: /, '') ?? lines.at(-1) ?? null
}
