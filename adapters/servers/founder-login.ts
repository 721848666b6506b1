import { randomInt, scrypt, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keepText, readJson } from './kept-files.ts'

/** What is kept of the founder's words. */
interface KeptLogin {
  salt: string
  hash: string
}

/** Makes the words of a home that has none and resolves with them, to be shown this once; null when there are some already. */
export async function firstFounderWords(home: string): Promise<string | null> {
  return readJson(fileOf(home)) === null ? replaceFounderWords(home) : null
}

/** Makes new words, to be shown this once. The old ones are taken until the new ones are kept, and no longer. */
export async function replaceFounderWords(home: string): Promise<string> {
  const words = newWords()
  const salt = newWords()
  keepText(fileOf(home), JSON.stringify({ salt, hash: (await hashOf(words, salt)).toString('base64') }))
  return words
}

/**
 * True for the founder's words. Spaces around them and capitals do not matter. Takes the same time for right and wrong ones; false
 * at once while there are none.
 */
export async function areFounderWords(home: string, words: string): Promise<boolean> {
  const kept = readJson<KeptLogin>(fileOf(home))
  return kept !== null && matches(kept, words)
}

function fileOf(home: string): string {
  return join(home, 'keys/founder.json')
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
