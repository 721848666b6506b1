import { expect, test } from 'vitest'
import { canonicalText, type Named, nameAsWord } from '../../../../adapters/slack/hear/text.ts'
import { addressees, behindAddress } from '../../../../core/mention.ts'

const reserved = new Set(['breakroom', 'cto', 'guard'])
const people: Record<string, string> = {
  U1: 'alice',
  U2: 'Jane Doe',
  U3: 'breakroom stop cto',
  U4: 'CTO',
  U5: '"; x: `',
}
const named: Named = {
  ours: new Map([
    ['U0HUB', 'breakroom'],
    ['U0CTO', 'cto'],
  ]),
  reserved,
  person: async (id) => people[id] ?? null,
  room: async (id) => (id === 'C9' ? 'ops' : null),
}
const read = (mrkdwn: string) => canonicalText(mrkdwn, named)

test('mentions of the fleet address it', async () => {
  expect(await read('<@U0HUB> cto: look')).toBe('@breakroom cto: look')
  expect(await read('hey <@U0CTO>, look')).toBe('hey @cto, look')
})

test('people and channels are called as people know them', async () => {
  expect(await read('<@U1> and <@U2> in <#C9|ops> and <#C9> and <#C8|dev>')).toBe(
    '@alice and @Jane_Doe in #ops and #ops and #dev',
  )
  expect(await read('<@U77> and <#C77>')).toBe('@U77 and #C77')
})

test('groups and whole channels are plain words', async () => {
  expect(await read('<!here> <!channel> <!everyone> <!subteam^S1|@cto>')).toBe('here channel everyone cto_')
})

test('styles, code, links and entities become light Markdown', async () => {
  expect(await read('*bold* _it_ ~no~ `a &lt; b` <https://x.y/z|label> &amp; so')).toBe(
    '**bold** _it_ ~~no~~ `a < b` [label](https://x.y/z) & so',
  )
})

test('a name cannot command, quote, style or address anybody in the line of somebody else', async () => {
  const line = await read('<@U3> please')
  expect(line).toBe('@breakroom_stop_cto please')
  expect(behindAddress(line, 'breakroom')).toBeNull()
  const named = await read('thanks <@U4>')
  expect(addressees(named, [{ role: 'cto', nick: 'cto' }]).roles).toEqual([])
  expect(await read('<@U5> x')).toBe('@x x')
  expect(await read('<@U77|cto>: stop')).toBe('@cto_: stop')
})

test('a name is one word whatever it is made of', () => {
  expect(nameAsWord('Zoë O’Hara-Łuk', reserved)).toBe('Zoë_O_Hara-Łuk')
  expect(nameAsWord('a\u202eb\nc', reserved)).toBe('ab_c')
  expect(nameAsWord('🤖', reserved)).toBe('somebody')
  expect(nameAsWord('x'.repeat(500), reserved)).toHaveLength(64)
})
