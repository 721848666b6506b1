/** What makes a value a secret, and not a word, a number, the place of one, or code. */

/** Digits, or small and capital letters: what the example of a key mostly has not. */
export function isVaried(text: string): boolean {
  return /[0-9]/.test(text) || (/[a-z]/.test(text) && /[A-Z]/.test(text))
}

/** Small and capital letters and digits. */
export function isMixed(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text)
}

/** Long, of many different characters, and not names or numbers joined by hyphens. */
export function looksRandom(text: string): boolean {
  if (text.length < 16 || isReference(text) || isCode(text) || text.startsWith('/')) return false
  if (!/[0-9]/.test(text) || !/[A-Za-z]/.test(text)) return false
  const joinedWords = text.split(/[-_.:/]/).every((part) => /^(?:[A-Za-z]*|[0-9]*|v[0-9]+)$/.test(part))
  return !joinedWords && hasEntropy(text, 3)
}

/** At least so many bits a character. */
export function hasEntropy(text: string, least: number): boolean {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits >= least
}

/** Letters with digits or with symbols that words do not have. */
export function isStrong(text: string): boolean {
  return text.length >= 5 && /\p{L}/u.test(text) && /[0-9!@#$%^&*+=~|\\]/.test(text) && !isPlain(text)
}

/** An e-mail address, a link or a path; a sentence's word with its full stop. */
function isPlain(text: string): boolean {
  return /^[^\s@]+@[\w-]+\.[\w.]+$|:\/\/|^[~.]{0,2}\/|^\p{L}+[!.,;:?]*$/u.test(text)
}

/** The place of a secret instead of one: `$PASSWORD`, `<password>`, `{{ x }}`, `***`, `xxxx`, one that was taken out. */
export function isReference(text: string): boolean {
  return /^(?:["'`]?[<{[(«]|\$(?:[A-Z_]+\b|[{(]|[a-z_]+$)|%[({A-Z]|\*{2}|(.)\1*$|\.{3}|…|(?:process|os|env|import|secrets|vars)\.|[0-9a-f]{4}»)|«redacted:/.test(
    text,
  )
}

/** A call, an index or a member: `input("x")`, `form["x"]`, `args.password`. */
function isCode(text: string): boolean {
  return (
    /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)*[([]/.test(text) ||
    /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+[;,]?$/.test(text)
  )
}

/** The name of an algorithm, or a number as code writes it. */
export function isAlgorithm(text: string): boolean {
  return /^(?:sha|md|utf|base|aes|argon|pbkdf|oauth|bcrypt|scrypt|ed|rsa|hs|rs|latin|ascii)[-_]?[0-9]+|^0x[0-9a-f]+\W?$/i.test(
    text,
  )
}

/** `user:password` in base64. */
export function isBasicAuth(text: string): boolean {
  return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(text, 'base64').toString('latin1'))
}

/** What stands after "password:" without being one. */
const notPasswords = new Set(
  `a an and any ask auth authentication authorization bytes change changed check checked checks confirmed default denied
  done empty encrypted enter entered error expired fail failed failure false field for form from hash hashed hashing here hidden if
  incorrect input invalid is it later login manager masked match matches mismatch missing must n/a new nil no none not null number
  ok old only optional or pass passed password passwd passphrase please policy prompt protected pw pwd redacted rejected
  required reset same secret see sent set should stored str string tbd test text the there to todo true type typed undefined unknown
  unset use user val value was when where wrong yes`.split(/\s+/),
)

/** Whether what was assigned to a password's name is one. `last`: nothing follows it on its line; `quote`: it was quoted. */
export function isPassword(
  secret: string,
  { key = '', sep = '', quote, last }: Record<string, string | undefined>,
): boolean {
  const word = secret.toLowerCase()
  if (word === key.toLowerCase() || notPasswords.has(word.replace(/\W+$/, ''))) return false
  if (secret.length < 3 || isReference(secret) || isAlgorithm(secret)) return false
  if (quote !== undefined) return !/\s/.test(secret) || /phrase/i.test(key)
  if (/^[/~.]|:\/\//.test(secret) || isCode(secret)) return false
  // db_password, userPassword: the name of a variable.
  if (/^[A-Za-z_]+$/.test(secret) && /_|[a-z][A-Z]/.test(secret)) return false
  if (isStrong(secret)) return true
  if (/^(?:pass|pwd|pw)$/i.test(key)) return false
  return sep === '=' || (sep.includes(':') && last !== undefined)
}
