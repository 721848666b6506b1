import { hash } from 'node:crypto'
import { findSecrets, mergeSpans, type SecretKind, type SecretSpan } from './secret.ts'

export interface Redacted {
  text: string
  /** What was taken out, in order. `code` is the same for the same secret and says nothing of it. */
  found: { kind: SecretKind; code: string }[]
}

/** The least that a hidden secret is long. Characters. */
const hiddenLength = 16

/**
 * Takes secrets out of a text: each becomes `«redacted:slack-token:ab12»`. Finds them too where invisible characters were put
 * inside, and where one layer of base64 or percent-encoding hides them. Doing it twice changes nothing.
 */
export function redact(text: string): Redacted {
  return replace(text, spansOf(text))
}

/**
 * As `redact`, for a text that the same speaker said right after `before`: finds also what was cut in two, such as a key that a
 * chat network split into lines. `before` is the text as it was said, not redacted.
 */
export function redactAfter(before: string, text: string): Redacted {
  if (before === '') return redact(text)
  const across = (joint: string) => {
    const offset = before.length + joint.length
    return spansOf(before + joint + text)
      .filter(({ end }) => end > offset)
      .map(({ start, end, kind }) => ({ start: Math.max(0, start - offset), end: end - offset, kind }))
  }
  const [joined, apart] = [across(''), across('\n')]
  // A secret that `before` ends with must not swallow the first word of what comes next.
  const wasWhole = joined.length > 0 && spansOf(before).some(({ end }) => end === before.length)
  return replace(text, mergeSpans(wasWhole ? apart : [...joined, ...apart]))
}

function replace(text: string, spans: SecretSpan[]): Redacted {
  const found: Redacted['found'] = []
  let clean = ''
  let from = 0
  for (const { start, end, kind } of spans) {
    const code = hash('sha256', text.slice(start, end)).slice(0, 4)
    found.push({ kind, code })
    clean += `${text.slice(from, start)}«redacted:${kind}:${code}»`
    from = end
  }
  return { text: clean + text.slice(from), found }
}

function spansOf(text: string): SecretSpan[] {
  const { shown, at } = withoutInvisible(text)
  const spans = mergeSpans([...findSecrets(shown), ...hidden(shown)])
  return spans.map(({ start, end, kind }) => ({ start: at(start), end: at(end - 1) + 1, kind }))
}

/** Pieces that are a secret, or have one in them, once they are decoded. The whole piece goes. */
function hidden(text: string): SecretSpan[] {
  const encoded: [RegExp, (piece: string) => string | null][] = [
    [/[A-Za-z0-9+/_-]{16,}={0,2}/g, fromBase64],
    [/[A-Za-z0-9._~+%!*'()-]{8,}/g, fromPercent],
  ]
  return encoded.flatMap(([pattern, decode]) =>
    [...text.matchAll(pattern)].flatMap(({ 0: piece, index }) => {
      const decoded = decode(piece)
      const kind = decoded === null ? undefined : findSecrets(decoded)[0]?.kind
      return kind === undefined ? [] : [{ start: index, end: index + piece.length, kind }]
    }),
  )
}

function fromBase64(piece: string): string | null {
  if (piece.length < hiddenLength) return null
  const decoded = Buffer.from(piece, 'base64').toString('latin1')
  // Pictures and digests are no text; looking at their start is enough to know.
  return /^[\t\n\r\x20-\x7e]{8}/.test(decoded) ? decoded : null
}

function fromPercent(piece: string): string | null {
  if (!/%[0-9A-Fa-f]{2}/.test(piece)) return null
  return piece.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

/** The text as it shows, and where each of its characters stands in the original. */
function withoutInvisible(text: string): { shown: string; at: (index: number) => number } {
  const invisible = /\p{Default_Ignorable_Code_Point}|(?![\t\n\r])\p{Cc}/gu
  if (text.search(invisible) === -1) return { shown: text, at: (index) => index }
  const places: number[] = []
  let shown = ''
  let from = 0
  const keep = (to: number) => {
    for (let place = from; place < to; place++) places.push(place)
    shown += text.slice(from, to)
  }
  for (const match of text.matchAll(invisible)) {
    keep(match.index)
    from = match.index + match[0].length
  }
  keep(text.length)
  return { shown, at: (index) => places[index] ?? text.length }
}
