import { createHash } from 'node:crypto'
import { forMatching } from '../../core/clean-text.ts'
import type { PrintedEnd } from '../../ports/program.ts'
import { withoutTerminalSequences } from './terminal-sequence.ts'

/** Of how much of the end something may be shown, in bytes, and how much of that, in characters. */
const shownFromBytes = 65_536
const shownChars = 4_000
/** How much of the end can be counted in, in bytes. */
const countedBytes = 262_144
/**
 * What was kept may begin in the middle of a secret, whose half nothing can recognise. So its first part is only there to be read
 * together with the rest and is never shown; the longest secret that anybody has, a private key, is shorter.
 */
const unsafeChars = 16_384

/** Takes in what a program prints, in the memory of its end alone. */
export interface ProgramOutput {
  add(chunk: Buffer): void
  /** The end of it as plain text, redacted as a whole before it is cut to 4,000 characters, at a line break where there is one. */
  tail(redact: (text: string) => { text: string }): string
  /** The end of it as it was printed, as far as it was kept. */
  end(): PrintedEnd
  /** SHA-256 of all of it, hex. Only once. */
  sha256(): string
}

/** `counted` is whether somebody wants to count in it, for which more is kept. */
export function createProgramOutput(counted = false): ProgramOutput {
  const keptBytes = counted ? countedBytes : shownFromBytes
  const hash = createHash('sha256')
  const ring = Buffer.alloc(keptBytes)
  let total = 0

  return {
    add(chunk) {
      hash.update(chunk)
      const last = chunk.subarray(Math.max(0, chunk.length - keptBytes))
      const at = (total + chunk.length - last.length) % keptBytes
      const copied = last.copy(ring, at)
      last.copy(ring, 0, copied)
      total += chunk.length
    },
    tail(redact) {
      const last = kept().subarray(-shownFromBytes)
      const text = redact(forMatching(withoutTerminalSequences(last.toString('utf8')))).text.trimEnd()
      return endOf(text, total <= shownFromBytes ? 0 : unsafeChars)
    },
    end: () => ({ text: kept().toString('utf8'), isWhole: total <= keptBytes }),
    sha256: () => hash.digest('hex'),
  }

  function kept(): Buffer {
    if (total <= keptBytes) return ring.subarray(0, total)
    const start = total % keptBytes
    return Buffer.concat([ring.subarray(start), ring.subarray(0, start)])
  }
}

/** The last characters of a text, none of them from before `earliest`. */
function endOf(text: string, earliest: number): string {
  const start = Math.max(text.length - shownChars, earliest)
  const end = text.slice(start)
  if (start === 0 || text[start - 1] === '\n') return end
  const lineBreak = end.indexOf('\n')
  // Of one very long line its end is more than nothing.
  const whole = lineBreak !== -1 && lineBreak < end.length / 2 ? end.slice(lineBreak + 1) : end
  return whole.replace(/^[\udc00-\udfff]/, '')
}
