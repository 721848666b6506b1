import { expect, test } from 'vitest'
import { checkCorpus } from '../../../cli/commands/doctor-corpus.ts'
import type { Settings } from '../../../cli/settings.ts'
import { fleetSchema } from '../../../core/fleet.ts'
import { temporaryFolder } from '../../support/process.ts'

const fleetWith = (corpus: object[]) =>
  fleetSchema.parse({
    rooms: { lobby: {} },
    platforms: [{ name: 'local', kind: 'irc', embedded: true, rooms: { lobby: '#lobby' } }],
    knowledge: { corpus },
  })

test('says which folder is not there, and how to mend it', () => {
  using folder = temporaryFolder()
  const settings = { folder: folder.path, clone: folder.path, env: { PATH: '' } } as unknown as Settings
  const fleet = fleetWith([
    { name: 'here', folder: '.' },
    { name: 'gone', folder: 'nowhere' },
    { name: 'minutes', git: 'https://example.org/minutes.git' },
  ])
  expect(checkCorpus(fleet, settings)).toEqual([
    { check: 'corpus here', state: 'ok', found: folder.path },
    {
      check: 'corpus gone',
      state: 'failure',
      found: `${folder.path}/nowhere is no folder`,
      fix: 'make the folder, or "npx breakroom corpus remove gone"',
    },
    { check: 'corpus minutes', state: 'failure', found: 'git is not installed', fix: 'install git' },
  ])
})
