import { expect, test } from 'vitest'
import { knowledgeSettingsSchema } from '../../../core/knowledge/settings.ts'

const isTaken = (git: string) => knowledgeSettingsSchema.safeParse({ corpus: [{ name: 'docs', git }] }).success

test.each([
  'https://example.org/handbook.git',
  'https://ada:secret@example.org/handbook.git',
  'ssh://git@example.org:2222/handbook.git',
  'git@example.org:board/minutes.git',
  'file:///srv/handbook.git',
  '/srv/handbook.git',
  '../handbook',
])('takes %s for the address of a repository', (git) => expect(isTaken(git)).toBe(true))

test.each([
  'ext::sh -c true',
  'http://example.org/handbook.git',
  'git@-oProxyCommand=true:x',
  'git@example.org',
  'git@ext::x',
  'ssh://-oProxyCommand=true/x',
  '--upload-pack=true',
  'handbook',
])('S29: refuses %s, which git would take for an option, a program or nothing', (git) => {
  expect(isTaken(git)).toBe(false)
})
