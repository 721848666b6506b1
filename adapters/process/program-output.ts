import { createHash } from 'node:crypto'
import { forMatching } from '../../core/clean-text.ts'

/** How much of the end is kept, in bytes, and how much of that may be shown, in characters. */
const keptBytes = 65_536
const shownChars = 4_000
/**
 * What was kept may begin in the middle of a secret, whose half nothing can recognise. So its first part is only there to be read
 * together with the rest and is never shown; the longest secret that anybody has, a private key, is shorter.
 */
const unsafeChars = 16_384

/** Colours, cursor movements, titles and links of terminals. Every repeat ends at the next escape, so this takes linear time. */
const terminalSequence =
  /(?:\x1b\[|\x9b)[0-?]{0,100}[ -/]{0,10}[@-~]|\x1b[\]PX^_][^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)|\x1b[ -/]{0,10}[0-~]/g

/** Takes in what a program prints, in the memory of its end alone. */
export interface ProgramOutput {
  add(chunk: Buffer): void
  /** The end of it as plain text, redacted as a whole before it is cut to 4,000 characters, at a line break where there is one. */
  tail(redact: (text: string) => { text: string }): string
  /** SHA-256 of all of it, hex. Only once. */
  sha256(): string
}

export function createProgramOutput(): ProgramOutput {
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
      const isWhole = total <= keptBytes
      const start = total % keptBytes
      const kept = isWhole ? ring.subarray(0, total) : Buffer.concat([ring.subarray(start), ring.subarray(0, start)])
      const text = redact(forMatching(kept.toString('utf8').replace(terminalSequence, ''))).text.trimEnd()
      return endOf(text, isWhole ? 0 : unsafeChars)
    },
    sha256: () => hash.digest('hex'),
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
