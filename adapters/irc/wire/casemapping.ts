const bracketsRfc = /[[\]\\~]/g
const bracketsStrict = /[[\]\\]/g
const lowerOf: Record<string, string> = { '[': '{', ']': '}', '\\': '|', '~': '^' }

/** Folds a nick or channel as the server's CASEMAPPING says; rfc1459, the protocol's default, for one we do not know. */
export function foldName(name: string, casemapping: string): string {
  if (casemapping === 'ascii') return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  if (casemapping === 'precis' || casemapping === 'rfc8265') return name.normalize('NFKC').toLowerCase()
  const brackets = casemapping === 'rfc1459-strict' || casemapping === 'strict-rfc1459' ? bracketsStrict : bracketsRfc
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replace(brackets, (c) => lowerOf[c] ?? c)
}
