import { execFile } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The standard streams of a program to be started. */
export interface ProgramStreams {
  /** File descriptors for the program; both of its output streams are one pipe, so what it prints comes in the order it was printed. */
  readonly stdio: [input: number, output: number, error: number]
  /** To be called once the program has them: the output ends when nobody holds it any more. */
  handOver(): void
  /** Resolves at the end of the output, or when it is closed. */
  read(onChunk: (chunk: Buffer) => void): Promise<void>
  /** Lets go of everything, whoever still holds the output. */
  close(): void
}

/**
 * Standard input that has `input`, and output to be read. They are a file and a named pipe, gone from the disk when this resolves: what Node
 * makes for `pipe` are sockets, which a program cannot open again as /dev/stdin and /dev/stderr. `path` is where `mkfifo` is found.
 */
export async function openProgramStreams(input: string, path: string | undefined): Promise<ProgramStreams> {
  const folder = await mkdtemp(join(tmpdir(), 'breakroom-run-'))
  const opened: number[] = []
  const open = (name: string, flags: number) => {
    const descriptor = openSync(join(folder, name), flags)
    opened.push(descriptor)
    return descriptor
  }
  try {
    await writeFile(join(folder, 'input'), input, { mode: 0o600 })
    await promisify(execFile)('mkfifo', ['-m', '600', join(folder, 'output')], { env: { PATH: path } })
    const stdin = open('input', constants.O_RDONLY)
    // Whoever opens the other end of a pipe first would wait for ever.
    const reader = open('output', constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = open('output', constants.O_WRONLY)
    const socket = new Socket({ fd: reader, readable: true, writable: false })
    const handOver = () => {
      for (const descriptor of forProgram.splice(0)) closeSync(descriptor)
    }
    const forProgram = [stdin, writer]
    return {
      stdio: [stdin, writer, writer],
      handOver,
      read(onChunk) {
        return new Promise((resolve) => {
          socket.on('data', onChunk)
          // After an error there is nothing more to read, which is all that matters here.
          socket.on('error', () => resolve())
          socket.on('close', () => resolve())
        })
      },
      close() {
        handOver()
        socket.destroy()
      },
    }
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor)
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
