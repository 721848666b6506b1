import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { cloneFolder, until } from './process.ts'

/** `breakroom slack init` under way, with nobody at a terminal: its answers come through a pipe. */
export interface SlackInit extends AsyncDisposable {
  /** What it said so far, results last. */
  readonly screen: string
  readonly stdout: string
  /** Waits until it asks for something, or says it, and answers with a line when there is one. */
  when(asked: string | RegExp, answer?: string): Promise<void>
  /** No more answers come. */
  endInput(): void
  signal(name: NodeJS.Signals): void
  readonly exited: Promise<number | null>
}

/** Starts the real command in a fleet's folder, against the Slack at `apiUrl`. */
export function startSlackInit(
  folder: string,
  apiUrl: string,
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): SlackInit {
  const { PATH } = process.env
  const program = spawn(process.execPath, [join(cloneFolder, 'cli/breakroom.ts'), 'slack', 'init', ...args], {
    cwd: folder,
    env: { PATH, BREAKROOM_SLACK_API_URL: apiUrl, ...env },
  })
  let [stdout, stderr] = ['', '']
  let read = 0
  program.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  program.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  // Whoever ends before it has read everything closes the pipe.
  program.stdin.on('error', () => {})
  const exited = new Promise<number | null>((done) => program.once('close', done))
  const over = exited.then((code) => {
    throw new Error(`It ended with ${code} before it said that: ${stderr}${stdout}`)
  })
  over.catch(() => {})
  return {
    get screen() {
      return stderr + stdout
    },
    get stdout() {
      return stdout
    },
    async when(asked, answer) {
      const pattern = typeof asked === 'string' ? asked : asked.source
      const said = () => {
        const at = typeof asked === 'string' ? stderr.indexOf(asked, read) : stderr.slice(read).search(asked) + read
        if (at < read) return false
        read = at + 1
        return true
      }
      await Promise.race([until(`it says ${pattern}`, said), over.catch((error) => said() || Promise.reject(error))])
      if (answer !== undefined) program.stdin.write(`${answer}\n`)
    },
    endInput: () => program.stdin.end(),
    signal: (name) => program.kill(name),
    exited,
    async [Symbol.asyncDispose]() {
      program.kill('SIGKILL')
      await exited
    },
  }
}
