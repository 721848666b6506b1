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
  expect(checkCorpus(fleet, [], settings)).toEqual([
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

test('says when what a room alone may know can be told to nobody, as the seat that answers does not sit there', () => {
  using folder = temporaryFolder()
  const settings = { folder: folder.path, clone: folder.path, env: {} } as unknown as Settings
  const fleet = fleetWith([{ name: 'minutes', folder: '.', access: ['board'] }])
  const seat = (rooms: string[]) => [{ name: 'knowledge', rooms, brain: { kind: 'knowledge' as const } }]
  expect(checkCorpus(fleet, seat(['lobby']), settings)).toMatchObject([
    { state: 'warning', fix: 'add the room to rooms: in roles/knowledge.yaml' },
  ])
  expect(checkCorpus(fleet, [], settings)).toMatchObject([
    { state: 'warning', fix: 'give a role the brain "knowledge"' },
  ])
  expect(checkCorpus(fleet, seat(['lobby', 'board']), settings)).toMatchObject([{ state: 'ok' }])
})
