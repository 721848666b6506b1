import { hash, randomBytes } from 'node:crypto'
import { withoutTerminalSequences } from './terminal-sequence.ts'

/** Of what comes at once, so many of the last lines are looked at: a flood costs no more than a brook. */
const mostAtOnce = 32
/** A longer line is like no other: it is not kept until its end comes. */
const longestLine = 16_384
const lineFeed = 0x0a

/** Tells lines apart that a program prints, in the memory of one of them. */
export interface ProgramLines {
  /**
   * Hashes of the lines that ended with this, of the last 32 of them. A line is what stood there at its end: what was drawn over before, as
   * progress is, and sequences that only move or colour do not count, nor do empty lines.
   */
  add(chunk: Buffer): string[]
}

/** With a salt, so that nobody finds a short line by trying. */
export function createProgramLines(salt: string = randomBytes(16).toString('base64')): ProgramLines {
  let begun: Buffer[] = []
  let begunBytes = 0
  let tooLong = 0

  return {
    add(chunk) {
      let end = chunk.lastIndexOf(lineFeed)
      const rest = chunk.subarray(end + 1)
      const hashes: string[] = []
      for (let looked = 0; end !== -1 && looked < mostAtOnce; looked++) {
        const before = end === 0 ? -1 : chunk.lastIndexOf(lineFeed, end - 1)
        const line = chunk.subarray(before + 1, end)
        const hashed = before === -1 ? hashOfBegun(line) : hashOf(line)
        if (hashed !== null) hashes.push(hashed)
        end = before
      }
      if (rest.length < chunk.length) begin()
      keep(rest)
      return hashes.reverse()
    },
  }

  function begin(): void {
    begun = []
    begunBytes = 0
  }

  function keep(part: Buffer): void {
    begunBytes += part.length
    if (begunBytes > longestLine) begun = []
    else if (part.length > 0) begun.push(Buffer.from(part))
  }

  function hashOfBegun(end: Buffer): string | null {
    return begunBytes + end.length > longestLine ? likeNoOther() : hashOf(Buffer.concat([...begun, end]))
  }

  /** Null when there is nothing to see on it. */
  function hashOf(line: Buffer): string | null {
    if (line.length > longestLine) return likeNoOther()
    const text = withoutTerminalSequences(line.toString('utf8')).replace(/\r+$/, '')
    const shown = text.slice(text.lastIndexOf('\r') + 1)
    return shown.trim() === '' ? null : hash('sha256', `${salt}${shown}`, 'base64url').slice(0, 16)
  }

  function likeNoOther(): string {
    tooLong += 1
    return `long ${tooLong}`
  }
}
