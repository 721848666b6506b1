import { randomInt, scrypt, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keepText, readJson } from './kept-files.ts'

/** The founder's way in. */
export interface FounderLogin {
  /** The words to show, this once; null at every later start, because only their hash was kept. */
  readonly printedOnce: string | null
  /** True for the right words. Spaces around them and capitals do not matter. Takes the same time for right and wrong ones. */
  verify(words: string): Promise<boolean>
}

interface KeptLogin {
  salt: string
  hash: string
}

/** The login of a home; makes the words at the first call. Delete `keys/founder.json` to get new ones. */
export async function createFounderLogin(home: string): Promise<FounderLogin> {
  const file = join(home, 'keys/founder.json')
  const kept = readJson<KeptLogin>(file)
  if (kept !== null) return { printedOnce: null, verify: (words) => matches(kept, words) }
  const words = newWords()
  const salt = newWords()
  const made = { salt, hash: (await hashOf(words, salt)).toString('base64') }
  keepText(file, JSON.stringify(made))
  return { printedOnce: words, verify: (tried) => matches(made, tried) }
}

async function matches({ salt, hash }: KeptLogin, words: string): Promise<boolean> {
  // No honest word is that long, and hashing is work that a stranger could make us do.
  if (words.length > 100) return false
  return timingSafeEqual(await hashOf(words.trim().toLowerCase(), salt), Buffer.from(hash, 'base64'))
}

function hashOf(words: string, salt: string): Promise<Buffer> {
  return promisify<string, string, number, Buffer>(scrypt)(words, salt, 32)
}

/** 80 random bits in four groups; letters and digits that are easily mistaken for each other are left out. */
function newWords(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
  const group = () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return Array.from({ length: 4 }, group).join('-')
}
