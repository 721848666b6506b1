import { ircFormatting } from '../../../core/markup/irc.ts'

const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g

/** Takes mIRC colours and formatting out of a text, and nothing else. */
export function stripFormatting(text: string): string {
  return /[\x02-\x1f]/.test(text) ? text.replace(ircFormatting, '') : text
}

/** What may be said: no control bytes (so no CTCP, no colours), tabs as spaces, well-formed. Line breaks stay, for the splitter. */
export function harmless(text: string): string {
  return stripFormatting(text).replace(/\t/g, ' ').replace(controls, '').toWellFormed()
}
