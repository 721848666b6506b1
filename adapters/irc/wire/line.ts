/** One line from a server, taken apart. Everything in it is untrusted. */
export interface IrcLine {
  /** The tags as they came, without the `@`; read one with `tagOf`. */
  tags: string
  /** Who it is from: `nick!user@host`, or a server's name. */
  prefix: string
  nick: string
  /** `user@host`, empty for a server. */
  host: string
  /** Upper case. */
  command: string
  params: string[]
}

/** Takes a line apart, or gives null for one without a command. Never throws, whatever comes. */
export function parseLine(raw: string): IrcLine | null {
  let at = 0
  let tags = ''
  let prefix = ''
  if (raw.charCodeAt(0) === 64 /* @ */) {
    const end = raw.indexOf(' ')
    if (end === -1) return null
    tags = raw.slice(1, end)
    at = skipSpaces(raw, end)
  }
  if (raw.charCodeAt(at) === 58 /* : */) {
    const end = raw.indexOf(' ', at)
    if (end === -1) return null
    prefix = raw.slice(at + 1, end)
    at = skipSpaces(raw, end)
  }
  const words: string[] = []
  while (at < raw.length) {
    if (raw.charCodeAt(at) === 58 && words.length > 0) {
      words.push(raw.slice(at + 1))
      break
    }
    const end = raw.indexOf(' ', at)
    if (end === -1) {
      words.push(raw.slice(at))
      break
    }
    words.push(raw.slice(at, end))
    at = skipSpaces(raw, end)
  }
  const command = words.shift()
  if (!command) return null
  const bang = prefix.indexOf('!')
  return {
    tags,
    prefix,
    nick: bang === -1 ? prefix : prefix.slice(0, bang),
    host: bang === -1 ? '' : prefix.slice(bang + 1),
    command: command.toUpperCase(),
    params: words,
  }
}

/** The value of a tag: null when it is not there, empty when it has none. */
export function tagOf(line: IrcLine, name: string): string | null {
  const { tags } = line
  for (let at = tags.indexOf(name); at !== -1; at = tags.indexOf(name, at + 1)) {
    if (at > 0 && tags.charCodeAt(at - 1) !== 59 /* ; */) continue
    const after = tags.charCodeAt(at + name.length)
    if (Number.isNaN(after) || after === 59) return ''
    if (after !== 61 /* = */) continue
    const end = tags.indexOf(';', at)
    return unescapeTag(tags.slice(at + name.length + 1, end === -1 ? undefined : end))
  }
  return null
}

/** When the server says it happened, or null. */
export function timeOf(line: IrcLine): Date | null {
  const text = tagOf(line, 'time')
  if (!text) return null
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? null : time
}

const unescaped: Record<string, string> = { ':': ';', s: ' ', r: '\r', n: '\n', '\\': '\\' }

function unescapeTag(value: string): string {
  return value.includes('\\') ? value.replace(/\\(.?)/gs, (_, c: string) => unescaped[c] ?? c) : value
}

function skipSpaces(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 32) at++
  return at
}
