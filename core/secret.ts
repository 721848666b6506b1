import {
  hasEntropy,
  isAlgorithm,
  isBasicAuth,
  isMixed,
  isPassword,
  isReference,
  isStrong,
  isVaried,
  looksRandom,
} from './secret-value.ts'

/** What a secret is, as people read it in `«redacted:slack-token:ab12»`. */
export type SecretKind =
  | 'private-key'
  | 'slack-token'
  | 'slack-webhook'
  | 'aws-key-id'
  | 'aws-secret'
  | 'github-token'
  | 'anthropic-key'
  | 'openai-key'
  | 'google-key'
  | 'stripe-key'
  | 'registry-token'
  | 'jwt'
  | 'nats-seed'
  | 'discord-token'
  | 'telegram-token'
  | 'azure-key'
  | 'mail-key'
  | 'twilio-key'
  | 'vendor-token'
  | 'url-password'
  | 'auth-header'
  | 'login'
  | 'password'
  | 'secret'

/** A secret in a text: `[start, end)` in UTF-16 units. */
export interface SecretSpan {
  start: number
  end: number
  kind: SecretKind
}

interface Shape {
  kind: SecretKind
  /**
   * Global. The group `secret`, or else the whole match, is what is taken out; it ends the match. Repeats that something must
   * follow are bounded, so that no text takes quadratic time.
   */
  pattern: RegExp
  /** Tells what only looks like it. */
  accepts?(secret: string, before: string, groups: Record<string, string | undefined>): boolean
}

/** How much text before a match `accepts` may look at. */
const contextChars = 80

const shapes: Shape[] = [
  {
    kind: 'slack-token',
    pattern: token('(?:xox[abeoprs]|xoxe\\.xox[bp]|xapp)-[A-Za-z0-9-]{10,}'),
    accepts: isVaried,
  },
  {
    kind: 'slack-webhook',
    pattern: token('hooks\\.slack\\.com/(?:services|workflows|triggers)/(?<secret>[A-Za-z0-9/]{20,})'),
  },
  { kind: 'aws-key-id', pattern: token('A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])') },
  {
    kind: 'aws-secret',
    pattern: /(?<![A-Za-z0-9/+])(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/g,
    accepts: (secret, before) =>
      isMixed(secret) && hasEntropy(secret, 4.2) && /aws|secret|access.?key|A[KS]IA[A-Z0-9]{16}/i.test(before),
  },
  { kind: 'github-token', pattern: token('(?:gh[oprsu]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})') },
  {
    kind: 'anthropic-key',
    pattern: token('sk-ant-[A-Za-z0-9_-]{20,}'),
    accepts: isVaried,
  },
  {
    kind: 'openai-key',
    pattern: token('sk-(?!ant-)[A-Za-z0-9_-]{20,}'),
    accepts: isMixed,
  },
  {
    kind: 'google-key',
    pattern: token('(?:AIza[A-Za-z0-9_-]{35}|ya29\\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,})'),
  },
  {
    kind: 'stripe-key',
    pattern: token('(?:[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/]{20,})'),
    accepts: isVaried,
  },
  {
    kind: 'registry-token',
    pattern: token('(?:npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{40,})'),
    accepts: isVaried,
  },
  { kind: 'jwt', pattern: token('eyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]{4,}){2,4}') },
  { kind: 'nats-seed', pattern: token('S[ACNOUX][A-Z2-7]{56}(?![A-Za-z0-9])') },
  {
    kind: 'discord-token',
    pattern: token('[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])'),
  },
  {
    kind: 'discord-token',
    pattern: token('discord(?:app)?\\.com/api/webhooks/[0-9]{10,}/(?<secret>[A-Za-z0-9_-]{40,})'),
  },
  { kind: 'telegram-token', pattern: token('(?:bot)?(?<secret>[0-9]{8,10}:[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])') },
  { kind: 'azure-key', pattern: token('(?:AccountKey|SharedAccessKey)=(?<secret>[A-Za-z0-9+/]{30,}={0,2})') },
  { kind: 'azure-key', pattern: token('[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}') },
  { kind: 'azure-key', pattern: /[?&]sig=(?<secret>[A-Za-z0-9%+/=]{40,})/g },
  {
    kind: 'mail-key',
    pattern: token('(?:SG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{30,}|key-[0-9a-f]{32})(?![A-Za-z0-9])'),
  },
  { kind: 'twilio-key', pattern: token('SK[0-9a-f]{32}(?![A-Za-z0-9])') },
  {
    kind: 'twilio-key',
    pattern: token('[0-9a-f]{32}(?![A-Za-z0-9])'),
    accepts: (_, before) => /twilio|AC[0-9a-f]{32}/.test(before),
  },
  {
    kind: 'vendor-token',
    pattern: token(
      '(?:glpat-|dop_v1_|hf_|lin_api_|shp(?:at|ca|pa|ss)_|dapi|gsk_|xai-|pplx-|hv[bs]\\.|ntn_|tskey-[a-z]+-|dp\\.(?:pt|st)\\.|sntrys_|rubygems_|PMAK-|figd_|r8_)[A-Za-z0-9_-]{20,}',
    ),
    accepts: (secret) => isVaried(secret) && (isMixed(secret) || /[0-9a-f]{32}/.test(secret)),
  },
  {
    kind: 'url-password',
    // Greedy: a password may have an @ of its own, the host has none.
    pattern: /(?<=[A-Za-z0-9+.-]:\/\/[^\s:@/"'`<>]{0,100}:)(?<secret>[^\s/"'`<>]{1,300})(?=@[A-Za-z0-9[_])/g,
    accepts: (secret) => !isReference(secret),
  },
  {
    kind: 'auth-header',
    pattern: /\bauthorization["'`]?\s{0,3}[:=,]\s{0,3}["'`]?(?:[A-Za-z-]{3,12} +)?(?<secret>[A-Za-z0-9._~+/=:-]{8,})/gi,
    accepts: looksRandom,
  },
  {
    kind: 'auth-header',
    pattern: /\bbearer +(?<secret>[A-Za-z0-9._~+/=-]{16,})/gi,
    accepts: looksRandom,
  },
  {
    kind: 'auth-header',
    pattern: /\bbasic +(?<secret>[A-Za-z0-9+/]{8,}={0,2})/gi,
    accepts: isBasicAuth,
  },
  {
    kind: 'auth-header',
    pattern: /\bcurl\b[^\n]{0,200}? (?:-u|--user)[ =]["']?[^\s:"']{1,100}:(?<secret>[^\s"']{3,})/g,
    accepts: (secret) => !isReference(secret),
  },
  {
    kind: 'login',
    pattern: /^[^\S\n]*[!./~](?:login|logn|logni|lgoin|loign|logon|identify)[^\S\n]+(?<secret>[^\n]+)/gim,
    accepts: (secret) => !isReference(secret),
  },
  {
    kind: 'login',
    pattern: /!login +(?<secret>\S{6,})/gi,
    accepts: (secret) => isStrong(secret) && !isReference(secret),
  },
  {
    kind: 'login',
    pattern:
      /(?:\/(?:msg|query|squery) +nickserv:?|^[^\S\n]*\/(?:ns|nickserv)) +(?:identify|id|login|register|ghost|regain|recover|set +password) +(?<secret>[^\n]+)/gim,
    accepts: (secret) => !isReference(secret),
  },
  {
    kind: 'password',
    pattern: assignment('(?<key>pass(?:word|wd|phrase|wort|code)|(?<![A-Za-z])(?:pass|pwd|pw))'),
    accepts: (secret, _, groups) => isPassword(secret, groups),
  },
  {
    kind: 'password',
    pattern: /(?:pass(?:word|phrase|code)|\bpw) +(?:is|was)(?: now)?:? +(?<secret>[^\s"'`]{6,})/gi,
    accepts: (secret) => isStrong(secret) && !isReference(secret) && !isAlgorithm(secret),
  },
  {
    kind: 'password',
    pattern: /(?<=\s)--?(?:pass(?:word|wd|phrase)?|pwd|token|secret|api-?key) +["']?(?<secret>[^\s"'-][^\s"']{3,})/gi,
    accepts: (secret) => isStrong(secret) && !isReference(secret),
  },
  {
    kind: 'secret',
    pattern: assignment(
      '(?:(?:api|access|auth|signing|encryption|private|secret|account|shared|master)[ _-]?key|secret|token|credentials?)(?:[_-](?:key|value|base|prod|dev|[0-9])){0,2}',
    ),
    accepts: looksRandom,
  },
  {
    kind: 'secret',
    pattern: /(?:api|access|secret)[ _-]?(?:key|token)(?: +is| +was)?:? +["'`]?(?<secret>[A-Za-z0-9_\-+/=.~]{16,})/gi,
    accepts: looksRandom,
  },
]

/** Where secrets are in a text, in order, none overlapping another. Takes linear time. */
export function findSecrets(text: string): SecretSpan[] {
  const found = privateKeys(text)
  for (const { kind, pattern, accepts } of shapes) {
    for (const match of text.matchAll(pattern)) {
      const secret = match.groups?.secret ?? match[0]
      const before = text.slice(Math.max(0, match.index - contextChars), match.index)
      if (accepts?.(secret, before, match.groups ?? {}) === false) continue
      const end = match.index + match[0].length
      found.push({ start: end - secret.length, end, kind })
    }
  }
  return mergeSpans(found)
}

/** A key on its own: what stands before it is no letter or digit. */
function token(source: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${source}`, 'g')
}

/** `key = value`, `"key": "value"`, `key: value`, `?key=value&`. Every look-ahead is bounded, so that a long value is read once. */
function assignment(key: string): RegExp {
  const bare = '(?:(?![)\\]}>.,;:]{1,4}(?:\\s|$)|[,;&]\\w{1,40}[=:])[^\\s"\'`])+'
  const value = ['"', "'", '`'].map(
    (quote) => `(?<quote>${quote})(?<secret>(?:[^${quote}\\\\\\n]|\\\\.){1,500})(?=${quote})`,
  )
  const last = '(?:(?<last>(?=[^\\S\\n]{0,5}(?:\\n|$)))|)'
  return new RegExp(
    `${key}["'\`]?\\]?\\??(?<sep>[^\\S\\n]{0,3}(?::=|=>|:|=)(?![=:])[^\\S\\n]{0,3})(?:${value.join('|')}|["'\`]?(?<secret>${bare})${last})`,
    'gi',
  )
}

/** PEM and PGP private keys: to their end line, or, when somebody cut it off, to the last of the key. */
function privateKeys(text: string): SecretSpan[] {
  const found: SecretSpan[] = []
  const begin = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g
  const end = /-----END [A-Z0-9 ]{0,60}-----/g
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const start = match.index
    end.lastIndex = begin.lastIndex
    const closed = end.exec(text)
    const body = text.slice(begin.lastIndex, closed?.index ?? text.length)
    const lastPiece = [...body.matchAll(/[A-Za-z0-9+/]{16,}={0,2}(?:\s+[A-Za-z0-9+/]{1,15}={0,2}$)?/g)].at(-1)
    // Somebody who only talks of the header shows no key.
    if (lastPiece !== undefined) {
      const cutOff = begin.lastIndex + lastPiece.index + lastPiece[0].length
      found.push({ start, end: closed === null ? cutOff : end.lastIndex, kind: 'private-key' })
    }
    if (closed === null) break
    begin.lastIndex = end.lastIndex
  }
  return found
}

/** Overlapping finds become one, of the kind that was found first: the shapes stand from the most to the least particular. */
export function mergeSpans(found: SecretSpan[]): SecretSpan[] {
  const ranked = found.map((span, rank) => ({ ...span, rank })).sort((a, b) => a.start - b.start)
  const apart: typeof ranked = []
  for (const span of ranked) {
    const last = apart.at(-1)
    if (last === undefined || span.start >= last.end) {
      apart.push(span)
      continue
    }
    last.end = Math.max(last.end, span.end)
    if (span.rank < last.rank) Object.assign(last, { kind: span.kind, rank: span.rank })
  }
  return apart.map(({ start, end, kind }) => ({ start, end, kind }))
}
