import { expect, test } from 'vitest'
import { typedWords } from '../../../../adapters/slack/press/typed-words.ts'

const roomOf = (channel: string) => (channel === 'C1' ? 'ops' : null)

test('words are what was typed, whether Slack escaped them or not', () => {
  expect(typedWords('assign @cto "a < b & c"', roomOf)).toBe('assign @cto "a < b & c"')
  expect(typedWords('assign <@U9|cto> "a &lt; b &amp; c"', roomOf)).toBe('assign @cto "a < b & c"')
})

test('channels go by the name of their room, people by what Slack calls them, links by their address', () => {
  expect(typedWords('say <#C1|operations> <#C2|random> <#C3> hello', roomOf)).toBe('say #ops #random #C3 hello')
  expect(typedWords('<@U1|alice> and <@U2>', roomOf)).toBe('@alice and @U2')
  expect(typedWords('see <https://a.test/?x=1&amp;y=2|a page>', roomOf)).toBe('see https://a.test/?x=1&y=2')
})

test('an escaped entity is text, not an entity', () => {
  expect(typedWords('&lt;@U1&gt; &amp;lt;', roomOf)).toBe('<@U1> &lt;')
})

test('a hostile text takes linear time', () => {
  const before = performance.now()
  typedWords('<@U|'.repeat(50_000), roomOf)
  typedWords(`<https:${'a'.repeat(200_000)}`, roomOf)
  expect(performance.now() - before).toBeLessThan(1_000)
})
