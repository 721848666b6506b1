import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFirestoreStore } from '../../../adapters/firestore/store.ts'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { temporaryFolder } from '../../support/process.ts'
import { quietLog } from '../../support/quiet.ts'

describe('a key file', () => {
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })

  it.each<[string, string | null, RegExp]>([
    ['is not there', null, /cannot be read/],
    ['is no JSON', 'BEGIN secret-thing', /is not a key of Google Cloud/],
    ['is something else', '{"type":"service_account","client_email":"secret-thing"}', /is not a key of Google Cloud/],
    [
      'has a damaged private key',
      JSON.stringify({
        type: 'service_account',
        client_email: 'a@b',
        private_key: `secret-thing${privateKey.slice(40)}`,
      }),
      /private key is damaged/,
    ],
  ])('that %s is said before anybody is asked, without its words', async (_, text, sentence) => {
    using folder = temporaryFolder()
    const keyFile = join(folder.path, 'key.json')
    if (text !== null) writeFileSync(keyFile, text)
    const store = createFirestoreStore({
      org: 'acme',
      project: 'our-breakroom',
      database: '(default)',
      emulator: null,
      keyFile,
      clock: systemClock,
      log: quietLog,
    })
    const error = await store.owner().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'denied' })
    expect(String(error)).toMatch(sentence)
    expect(String(error)).toContain(keyFile)
    expect(String(error)).not.toContain('secret-thing')
    await store.close()
  })
})

describe('a place of an emulator', () => {
  it.each([
    'nonsense',
    '127.0.0.1',
    'http://127.0.0.1:8080',
    ':::',
    'a b:1',
    '127.0.0.1:99999',
    'me@127.0.0.1:1',
    '127.0.0.1:1/x',
  ])('that is none is said: %j', async (emulator) => {
    const options = { org: 'acme', project: 'our-breakroom', database: '(default)', keyFile: null }
    const store = createFirestoreStore({ ...options, emulator, clock: systemClock, log: quietLog })
    await expect(store.owner()).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('FIRESTORE_EMULATOR_HOST has to be host:port'),
    })
    await store.close()
  })

  it.each(['localhost:1', '[::1]:1', '127.0.0.1:80'])('that nobody listens at is only away: %j', async (emulator) => {
    const options = { org: 'acme', project: 'our-breakroom', database: '(default)', keyFile: null, deadlineMs: 2_000 }
    const store = createFirestoreStore({ ...options, emulator, clock: systemClock, log: quietLog })
    await expect(store.owner()).rejects.toMatchObject({ code: 'unavailable', detail: { reason: 'away' } })
    await store.close()
  })
})
