import { forMatching } from './clean-text.ts'
import { closest } from './closest.ts'

/** A role and the nick it goes by in the rooms; people may use either. */
export interface DirectoryEntry {
  role: string
  nick: string
  /** True for a seat that answers questions. */
  answers?: boolean
}

/** The role that somebody means by its name or its nick, in lower case, or null. */
export function roleNamed(name: string, directory: readonly DirectoryEntry[]): string | null {
  return directory.find(({ role, nick }) => role === name || nick.toLowerCase() === name)?.role ?? null
}

export interface Addressed {
  /** Roles the line speaks to, in the order they are named; at most three. */
  roles: string[]
  /** Roles it names beyond those. Nobody wakes a whole fleet with one line. */
  tooMany: string[]
  /** The text without the leading address, as `forMatching` leaves it. */
  body: string
}

const addressLimit = 3
const nameCharacter = '[A-Za-z0-9\\-_[\\]\\\\`^{|}]'
/** What an address never touches: letters of any script (look-alikes), marks, or the rest of a path, host or e-mail. */
const wordCharacter = '[\\p{L}\\p{N}\\p{M}\\-_[\\]\\\\^{|}/@]'
const nameEnd = `(?!${wordCharacter}|[.:]${wordCharacter})`
const leading = new RegExp(`\\s*(@?)(${nameCharacter}{1,64})(?:(?:\\s(?=:\\s))?([:,])(?!/)|(?=\\s|$))`, 'uy')
const anywhere = new RegExp(`(?<![\\p{L}\\p{N}\\p{M}_.+\\-/@%=&#~\\\\])@(${nameCharacter}{1,64})${nameEnd}`, 'gu')

/**
 * Whom a line of a room addresses: `cto: ...`, `cto, cso: ...`, `@cto ...` at its start, `@cto` anywhere as a word of its own. Names
 * are matched exactly in ASCII, case ignored. Code, links, e-mail addresses and quoted lines address nobody.
 */
export function addressees(text: string, directory: readonly DirectoryEntry[]): Addressed {
  const roleOf = new Map(directory.flatMap(({ role, nick }) => [role, nick].map((name) => [name.toLowerCase(), role])))
  const line = forMatching(text)
  const open = withoutQuotations(line)
  const found = new Set<string>()

  let bodyAt = 0
  leading.lastIndex = 0
  for (let match = leading.exec(open); match !== null; match = leading.exec(open)) {
    const [, at, name = '', end] = match
    const role = roleOf.get(name.toLowerCase())
    if (role === undefined || (at === '' && end === undefined)) break
    found.add(role)
    bodyAt = leading.lastIndex
    if (end === ':') break
  }
  for (const [, name = ''] of open.matchAll(anywhere)) {
    const role = roleOf.get(name.toLowerCase())
    if (role !== undefined) found.add(role)
  }

  const named = [...found]
  // A quotation before the address stays in the body: it is what the line is about.
  const quoted = line.slice(0, bodyAt).match(/^(?:\s*>.*\n)+/)?.[0] ?? ''
  return {
    roles: named.slice(0, addressLimit),
    tooMany: named.slice(addressLimit),
    body: (quoted + line.slice(bodyAt).trimStart()).trim(),
  }
}

/** What stands behind a leading `name:`, `name,` or `@name`, or null when the text does not begin with it. */
export function behindAddress(text: string, name: string): string | null {
  // Most lines are not about it, and looking closely takes time.
  if (!text.slice(0, 10_000).toLowerCase().includes(name)) return null
  const line = forMatching(text)
  leading.lastIndex = 0
  const [, at, said, end] = leading.exec(withoutQuotations(line)) ?? []
  if (said?.toLowerCase() !== name || (at === '' && end === undefined)) return null
  return line.slice(leading.lastIndex).trim()
}

/** The text at its own length, with code and links filled with NUL (so that they stay no address) and quoted lines with spaces. */
function withoutQuotations(text: string): string {
  return withoutCode(text.replace(/^[^\S\n]*>.*$/gm, (line) => ' '.repeat(line.length))).replace(/\S+/g, (word) =>
    word.includes('://') || /^(?:www\.|mailto:)/i.test(word) ? '\0'.repeat(word.length) : word,
  )
}

/** Code spans close at the next run of as many backticks; a fence that nobody closes runs to the end. */
function withoutCode(text: string): string {
  const pieces = text.split(/(`+)/)
  const lastOfLength = new Map<number, number>()
  for (let index = 1; index < pieces.length; index += 2) lastOfLength.set(pieces[index]?.length ?? 0, index)
  let ticks: number | null = null
  return pieces
    .map((piece, index) => {
      const isRun = index % 2 === 1
      if (ticks === null) {
        if (!isRun) return piece
        const closes = (lastOfLength.get(piece.length) ?? 0) > index
        if (!closes && piece.length < 3) return piece
        ticks = piece.length
      } else if (isRun && piece.length === ticks) ticks = null
      return '\0'.repeat(piece.length)
    })
    .join('')
}

/**
 * The role that a line's leading address (`ctoo: ...`, `@ctoo ...`) misses by one letter, or null. Only that near: people have names
 * too.
 */
export function nearMiss(text: string, directory: readonly DirectoryEntry[]): { said: string; meant: string } | null {
  const [, at, said = '', end] = forMatching(text).match(/^\s*(@?)([A-Za-z][A-Za-z0-9-]{2,31})([:,])?(?=\s|$)/) ?? []
  if (said === '' || (at === '' && end === undefined)) return null
  const names = directory.flatMap(({ role, nick }) => [role, nick.toLowerCase()])
  const meant = closest(said.toLowerCase(), names, 1)
  return meant === null || names.includes(said.toLowerCase()) ? null : { said, meant }
}
