import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { sentenceOf } from '../../core/errors.ts'
import { type FirestoreTarget, keyError } from './errors.ts'
import type { Gax } from './library.ts'

const scopes = ['https://www.googleapis.com/auth/datastore']

const keySchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('service_account'), client_email: z.string(), private_key: z.string() }),
  z.looseObject({ type: z.literal('authorized_user'), client_id: z.string(), refresh_token: z.string() }),
  z.looseObject({ type: z.literal('external_account'), audience: z.string() }),
])

/**
 * What we go into Firestore with: the key file when there is one, else what the machine may do; nothing for an emulator. Reads the file,
 * asks nobody. Rejects with `denied` when the file is not there or is no key. The library's own way of reading key files is not used: it
 * warns on the console each time.
 */
export async function credentialsFor({ GoogleAuth, googleAuthLibrary }: Gax, target: FirestoreTarget) {
  const { keyFile, emulator } = target
  if (emulator !== null) return new GoogleAuth({ authClient: new googleAuthLibrary.PassThroughClient() })
  if (keyFile === null) return new GoogleAuth({ scopes })
  const key = await readKey(target, keyFile)
  try {
    switch (key.type) {
      case 'service_account': {
        if (!isPrivateKey(key.private_key)) throw new Error('its private key is damaged')
        const authClient = new googleAuthLibrary.JWT({ email: key.client_email, key: key.private_key, scopes })
        // Signs its tokens itself, so that nobody else has to be asked for them.
        authClient.useJWTAccessWithScope = true
        return new GoogleAuth({ authClient })
      }
      case 'authorized_user': {
        const authClient = new googleAuthLibrary.UserRefreshClient()
        authClient.fromJSON(key)
        return new GoogleAuth({ authClient })
      }
      case 'external_account': {
        const authClient = googleAuthLibrary.ExternalAccountClient.fromJSON(key as never)
        if (authClient === null) throw new Error('it names no account')
        authClient.scopes = scopes
        return new GoogleAuth({ authClient })
      }
    }
  } catch (cause) {
    throw keyError(target, `the key file cannot be used: ${sentenceOf(cause)}.`, cause)
  }
}

async function readKey(target: FirestoreTarget, keyFile: string) {
  let text: string
  try {
    text = await readFile(keyFile, 'utf8')
  } catch (cause) {
    throw keyError(target, `the key file cannot be read: ${sentenceOf(cause)}.`, cause)
  }
  // What is wrong with it is not said with its own words: they may be secret.
  const key = keySchema.safeParse(parsed(text))
  if (!key.success) throw keyError(target, 'the key file is not a key of Google Cloud.')
  return key.data
}

/** Asked here, and not by the first call, to which it would look as if Firestore did not know us. */
function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem)
    return true
  } catch {
    return false
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
