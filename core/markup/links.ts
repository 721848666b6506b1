import { hasEntropy } from '../secret-value.ts'
import { bareLinkAt, namedLinkAt } from './link-syntax.ts'

/** Longer queries, and random ones, carry data away. Characters. */
const longestQuery = 64
const candidate = new RegExp(
  [
    /\[/,
    /https?:(?=[/\\@]|[\p{L}\p{N}-]+\.)/u,
    // Other protocols, and what runs or holds a page by itself.
    /(?<![\p{L}\p{N}+.-])[a-z][a-z0-9+.-]{1,30}:\/\/(?=\S)/u,
    /(?<![\p{L}\p{N}+.-])(?:javascript|vbscript):(?=\S)/u,
    /(?<![\p{L}\p{N}+.-])data:(?=[\w.+-]{0,40}[/;,])/u,
    /(?<![\w:/])\/\/(?=[\p{L}\p{N}-]+\.[\p{L}\p{N}])/u,
    /(?<![\p{L}\p{N}.@/-])www[.\u3002\uff0e\uff61](?=[\p{L}\p{N}])/u,
    // A host without a protocol, with a query: what has none is as often the name of a file.
    /(?<![\p{L}\p{N}.@/_-])(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}(?::\d{1,5})?(?=(?:\/[^\s?]{0,100})?\?\w)/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'giu',
)

/**
 * Canonical text whose links lead only to `allowedHosts` and what lies below them. Another link is shown, and cannot be followed:
 * `hxxps://evil[.]com/…`, `[label](https://evil.com)` as `label (hxxps://evil[.]com)`, with `?…` for a query that is long or random.
 * It goes by the host that a browser would ask, in code too. Takes linear time and never throws.
 */
export function defangLinks(text: string, allowedHosts: readonly string[]): string {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase().replace(/\.$/, '')))
  return defang(text, (host) => isBelow(host, allowed))
}

/** Where we see an address end, another client may read on to an `@`, and everything before that is then a user's name. */
const hiddenHost = /["<>`|][^\s/?#]*@/y

type IsAllowed = (host: string) => boolean

function defang(text: string, isAllowed: IsAllowed): string {
  const pattern = new RegExp(candidate)
  let shown = ''
  let from = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { index: at } = match
    const found = match[0] === '[' ? namedLink(text, at, isAllowed) : bareAddress(text, at, match[0], isAllowed)
    if (found === null) continue
    shown += text.slice(from, at) + found.shown
    from = pattern.lastIndex = found.end
  }
  return shown + text.slice(from)
}

interface Judged {
  shown: string
  end: number
}

function namedLink(text: string, at: number, isAllowed: IsAllowed): Judged | null {
  const found = namedLinkAt(text, at)
  if (found === null) return null
  const { href } = found.link
  // A label may show an address of its own.
  const label = defang(found.link.label ?? '', isAllowed)
  if (/^mailto:/i.test(href)) return { shown: `[${label}](${href})`, end: found.end }
  const shown = judged(href, isAllowed)
  return {
    shown: shown === href && label === found.link.label ? `[${label}](${href})` : `${label} (${shown})`,
    end: found.end,
  }
}

function bareAddress(text: string, at: number, begins: string, isAllowed: IsAllowed): Judged {
  const found = /^https?:/i.test(begins) ? bareLinkAt(text, at) : null
  const end = found?.end ?? endOfWord(text, at + begins.length)
  hiddenHost.lastIndex = end
  return { shown: judged(text.slice(at, end), hiddenHost.test(text) ? () => false : isAllowed), end }
}

function endOfWord(text: string, from: number): number {
  const word = /[^\s<>"`|]*/y
  word.lastIndex = from
  const run = word.exec(text)?.[0] ?? ''
  return from + run.length - (/[.,;:!?'*_~)\]}]*$/.exec(run.slice(-longestQuery))?.[0].length ?? 0)
}

/** The address as it may be shown; itself when it leads to an allowed host and is written plainly. */
function judged(address: string, isAllowed: IsAllowed): string {
  const protocol = address.match(/^[a-z][a-z0-9+.-]*:/i)?.[0].toLowerCase() ?? ''
  const rest = address.slice(protocol.length)
  if (/^hxxps?:$/.test(protocol)) return `${protocol}${unlinked(rest)}`
  if (protocol !== '' && !/^https?:$/.test(protocol))
    return `${dotted(protocol.slice(0, -1))}[:]${dotted(unlinked(rest))}`
  const url = asUrl(protocol === '' ? `https://${address.replace(/^\/\//, '')}` : address)
  if (url === null) return `${protocol.replace('http', 'hxxp')}${dotted(unlinked(rest))}`
  const host = url.hostname.replace(/\.$/, '')
  const plain =
    address.match(/^(?:https?:\/\/|\/\/)?([^/?#\\@]*?)\.?(?::\d+)?(?=[/?#]|$)/i)?.[1]?.toLowerCase() === host
  if (plain && isAllowed(host)) return address
  const begins =
    protocol === '' ? (address.startsWith('//') ? '//' : '') : `hxxp${url.protocol === 'https:' ? 's' : ''}://`
  const path = url.pathname === '/' && !/[^:/\\]\//.test(address) ? '' : url.pathname
  return `${begins}${dotted(url.host)}${unlinked(`${path}${cut(url.search)}${cut(url.hash)}`)}`
}

function isBelow(host: string, allowed: ReadonlySet<string>): boolean {
  return [...allowed].some((one) => host === one || host.endsWith(`.${one}`))
}

function asUrl(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null
}

function dotted(host: string): string {
  return host.replace(/\[\.\]|\./g, '[.]')
}

/** What comes after a host, so that no client finds a link of its own in it. */
function unlinked(rest: string): string {
  return rest.replace(/(?<=[a-z])(?<!hxxps?):/gi, '[:]').replace(/www\./gi, 'www[.]')
}

/** A query or a fragment, without what data may hide in. */
function cut(part: string): string {
  if (part === '') return ''
  const values = part.split(/[^A-Za-z0-9]+/)
  const random = values.some((value) => value.length >= 16 && hasEntropy(value, 3))
  return part.length > longestQuery || random ? `${part[0]}…` : part
}
