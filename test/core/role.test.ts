import { expect, test } from 'vitest'
import { roleSchema } from '../../core/role.ts'

const { name, nick, mission, recurring } = roleSchema.shape

test.each(['cto', 'devops-lead', 'a1', 'x'.repeat(32)])('takes %s for a name', (word) => {
  expect(name.safeParse(word).success).toBe(true)
})

test.each(['', 'CTO', '1st', 'a--b', '-a', 'a-', 'a.b', 'a>', '*', '../a', '\u0441to', 'x'.repeat(33)])(
  'S25: refuses %j for a name',
  (word) => {
    expect(name.safeParse(word).success).toBe(false)
  },
)

test.each(['founder', 'breakroom', 'bridge', 'human', 'human-alice', 'everyone'])(
  'S13: no role can be called %s, which is a person or a part of the house',
  (word) => {
    expect(name.safeParse(word).success).toBe(false)
  },
)

test.each(['cto', 'Ada', '[x]', '_a-1', 'x'.repeat(20)])('takes %s for a nick', (word) => {
  expect(nick.safeParse(word).success).toBe(true)
})

test.each(['', '1a', '-a', 'a b', 'a\r\nQUIT', 'c\u0442o', '#a', 'a!b', 'x'.repeat(21)])(
  'S13: refuses %j for a nick',
  (word) => {
    expect(nick.safeParse(word).success).toBe(false)
  },
)

test('S14: what a role says of itself is one line without control characters', () => {
  expect(mission.parse('Folded by YAML.\n')).toBe('Folded by YAML.')
  for (const text of ['a\nb', 'a\r\nQUIT', 'a\u0000', '\u001b[31m', ' ', 'x'.repeat(401)]) {
    expect(mission.safeParse(text).success).toBe(false)
  }
})

test.each([
  ['5m', true],
  ['12h', true],
  ['1w', true],
  ['0m', false],
  ['5', false],
  ['5 m', false],
  ['1y', false],
  ['99999d', false],
])('%s as how often: %s', (every, fine) => {
  expect(recurring.safeParse([{ name: 'walk', every, brief: 'Walk.' }]).success).toBe(fine)
})
