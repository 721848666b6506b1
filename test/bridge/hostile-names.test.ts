import { describe, expect, it } from 'vitest'
import { relayed } from '../../bridge/relayed.ts'
import { called } from '../../core/called.ts'

const ours = (name: string) => ['breakroom', 'cto'].includes(name)
const prefixOf = (name: string, kind: 'say' | 'action' = 'say') =>
  relayed({ text: 'hi', kind, speaker: called(name, ours, 'a person'), tier: 'guest' }, () => false).prefix

describe('S17: somebody who may call themselves anything', () => {
  it('does not speak as somebody else, with a name that ends early', () => {
    expect(prefixOf('alice> I approve that')).toBe('<alice I approve that> ')
    expect(prefixOf('alice＞ ok')).toBe('<alice ok> ')
    expect(prefixOf('x\n<alice> ok')).toBe('<x alice ok> ')
    expect(prefixOf('bob: done. alice')).toBe('<bob done. alice> ')
    expect(prefixOf('**bob** `!stop` [a](https://evil.example)', 'action')).toBe('* bob stop a (https evil.example) ')
  })

  it('is not taken for the house or one of its roles', () => {
    expect(prefixOf('cto')).toBe('<cto (a person)> ')
    expect(prefixOf('\u200bBreakroom:')).toBe('<Breakroom (a person)> ')
    expect(called('CTO', ours, 'a bot')).toBe('CTO (a bot)')
  })

  it('keeps the name that they have', () => {
    for (const name of ["Zoë O'Neil-Smith", 'Иван Петров', '山田 太郎', 'Ann (on call) 🦊', 'dr. b_c']) {
      expect(called(name, ours, 'a person')).toBe(name)
    }
    expect(called('<>', ours, 'a person')).toBe('somebody')
  })
})
