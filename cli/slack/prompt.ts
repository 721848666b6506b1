import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Where answers come from: a person at a terminal, or lines of a pipe. */
export interface Prompt extends Disposable {
  /** The next line, without blanks around it; null when no more comes. `hidden` shows nothing of it. */
  line(hidden: boolean): Promise<string | null>
}

/**
 * Reads what is typed into `input`; what a terminal shows of it goes to `screen`. While it is open a terminal's Ctrl-C calls `onStop`, wherever
 * the command is; a pipe's process gets the signal.
 */
export function createPrompt(input: NodeJS.ReadStream, screen: NodeJS.WritableStream, onStop: () => void): Prompt {
  const terminal = input.isTTY === true
  let hidden = false
  const echo = new Writable({
    write(chunk, _encoding, done) {
      if (!hidden) screen.write(chunk)
      done()
    },
  })
  // Without a history no key brings a secret back to the screen.
  const reader = createInterface({ input, terminal, historySize: 0, ...(terminal ? { output: echo } : {}) })
  const lines: string[] = []
  const waiting: ((line: string | null) => void)[] = []
  let closed = false
  reader.on('line', (line) => {
    const next = waiting.shift()
    if (next === undefined) lines.push(line.trim())
    else next(line.trim())
  })
  reader.on('close', () => {
    closed = true
    for (const next of waiting.splice(0)) next(null)
  })
  reader.on('SIGINT', () => {
    // The terminal is as it was before whoever stops ends the process.
    reader.close()
    onStop()
  })
  return {
    async line(secretly) {
      const typedAhead = lines.shift()
      if (typedAhead !== undefined) return typedAhead
      if (closed) return null
      if (terminal) screen.write('> ')
      hidden = secretly
      try {
        return await new Promise<string | null>((resolve) => waiting.push(resolve))
      } finally {
        if (hidden && terminal) screen.write('\n')
        hidden = false
      }
    },
    [Symbol.dispose]: () => reader.close(),
  }
}

/** Nobody is there: every question takes its default, or ends the command. */
export const noPrompt: Prompt = { line: async () => null, [Symbol.dispose]() {} }
