import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { keptSecret, readText } from './kept-files.ts'

/** The key of the house with which runs of checks are signed. Both in PEM. */
export interface EvidenceKey {
  private: string
  public: string
}

/**
 * The Ed25519 key of a home, made once. The private one is its owner's only; the public one, with which anybody can see who signed, is
 * written anew whenever it is not the private one's. Throws `config_invalid` when the private one cannot be read.
 */
export function evidenceKey(home: string): EvidenceKey {
  const file = join(home, 'keys/evidence.key')
  const kept = readKey(file)
  const key = { private: kept, public: publicOf(kept, file) }
  if (readText(evidencePublicFile(home)) !== key.public) showPublic(evidencePublicFile(home), key.public)
  return key
}

/** Where the public key of a home is. */
export function evidencePublicFile(home: string): string {
  return join(home, 'keys/evidence.pub')
}

function readKey(file: string): string {
  try {
    return keptSecret(file, newKey)
  } catch (cause) {
    if (isBreakroomError(cause)) throw cause
    const fix = 'it has to be a file that this user may read and write'
    throw new BreakroomError('config_invalid', `${file} cannot be read (${sentenceOf(cause)}); ${fix}.`, { cause })
  }
}

function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function publicOf(privateKey: string, file: string): string {
  try {
    const key = createPrivateKey(privateKey)
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`It is a key of ${key.asymmetricKeyType}.`)
    return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
  } catch (cause) {
    const fix = 'delete it, and a new one is made at the next start; what was signed before counts no more then'
    throw new BreakroomError('config_invalid', `${file} is no Ed25519 key; ${fix}.`, { cause, detail: { file } })
  }
}

/** As a whole, and for everybody to read. */
function showPublic(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.new`
  writeFileSync(temporary, text)
  chmodSync(temporary, 0o644)
  renameSync(temporary, path)
}
