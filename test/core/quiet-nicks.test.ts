import { describe, expect, it } from 'vitest'
import { forMatching } from '../../core/clean-text.ts'
import { ringAtMost } from '../../core/quiet-nicks.ts'
import { expectWithin, hugeInputs } from '../support/huge-input.ts'

const here = new Set(['alice', 'bob', 'carol', 'dave', 'eve', 'mary_ann'])
const rings = (nick: string) => here.has(nick.toLowerCase())
/** Which of those who are here find their nick in the text. */
const rungBy = (text: string) => [...here].filter((nick) => text.toLowerCase().includes(nick))

describe('S16: a line that names everybody', () => {
  it('rings the first three; the names of the others still read the same', () => {
    const text = 'alice, bob carol: dave @eve'
    const quiet = ringAtMost(text, rings, 3)
    expect(rungBy(quiet)).toEqual(['alice', 'bob', 'carol'])
    expect(forMatching(quiet)).toBe(text)
  })

  it('is left as it is when it names three, however often, and whatever else it says', () => {
    const text = 'Alice alice ALICE, bob and carol: nobody, frank, mallory'
    expect(ringAtMost(text, rings, 3)).toBe(text)
  })

  it.each([
    '`alice` `bob` `carol` `dave` `eve`',
    '[alice][bob][carol][dave][eve]',
    'alice|bob|carol|dave|eve',
    "alice's bob's carol's dave's eve's",
    'alice/bob/carol/dave/eve',
    '<alice> <bob>\n<carol> <dave>\n<eve>',
    'alice_ bob- -carol __dave__ {eve}',
  ])('hides no nick in %j', (text) => {
    expect(rungBy(ringAtMost(text, rings, 3))).toEqual(['alice', 'bob', 'carol'])
  })

  it('knows nicks that have signs in them', () => {
    expect(rungBy(ringAtMost('`mary_ann`: mary_ann alice', rings, 1))).toEqual(['mary_ann'])
    expect(rungBy(ringAtMost('alice (mary_ann)', rings, 1))).toEqual(['alice'])
  })

  it('rings nobody when nobody may be rung', () => {
    expect(rungBy(ringAtMost('alice bob', rings, 0))).toEqual([])
  })

  it.each([...hugeInputs, ['20,000 nicks', 'alice bob carol dave eve '.repeat(4_000)]])(
    'takes linear time: %s',
    (_, text) => expectWithin(300, () => ringAtMost(text, rings, 3)),
  )
})
