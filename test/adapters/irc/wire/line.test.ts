import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heardText, speakerOf } from '../../../../adapters/irc/ear/heard-text.ts'
import { createBatches, historyOf } from '../../../../adapters/irc/wire/batches.ts'
import { narrowOffer } from '../../../../adapters/irc/wire/capabilities.ts'
import { foldName } from '../../../../adapters/irc/wire/casemapping.ts'
import { type IrcLine, parseLine, tagOf, timeOf } from '../../../../adapters/irc/wire/line.ts'
import { concernsVoice } from '../../../../adapters/irc/wire/relevance.ts'

describe('reading a line', () => {
  it('takes tags, prefix, command and parameters apart', () => {
    const line = read('@time=2026-01-02T03:04:05.678Z;+x/y=a\\sb\\:c;bot :al!u@h privmsg #a  :hello  there :)')
    expect(line).toMatchObject({ nick: 'al', host: 'u@h', command: 'PRIVMSG', params: ['#a', 'hello  there :)'] })
    expect(tagOf(line, '+x/y')).toBe('a b;c')
    expect(tagOf(line, 'bot')).toBe('')
    expect(tagOf(line, 'y')).toBeNull()
    expect(tagOf(line, 'tim')).toBeNull()
    expect(timeOf(line)?.toISOString()).toBe('2026-01-02T03:04:05.678Z')
  })

  it('never throws, whatever comes (100,000 random lines)', () => {
    const word = fc.constantFrom(
      '@',
      ':',
      ';',
      '=',
      ' ',
      '\\',
      'time=',
      'batch=1',
      'PRIVMSG',
      'BATCH',
      '005',
      '+a',
      '-a',
      '#x',
      '\x01',
      'ACTION ',
    )
    const unit = fc.oneof(word, fc.string({ maxLength: 3, unit: 'binary' }))
    const batches = createBatches()
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 14 }), (raw) => {
        const line = parseLine(raw)
        if (line === null) return true
        batches.follow(line)
        batches.of(line)
        heardText(line)
        speakerOf(line)
        timeOf(line)
        narrowOffer(raw, new Set(['batch']))
        const bytes = Buffer.from(raw)
        concernsVoice(bytes, 0, bytes.length, Buffer.from('cto'))
        return true
      }),
      { numRuns: 100_000 },
    )
  })

  it('S13: takes the account from the tag alone', () => {
    expect(speakerOf(read('@account=alice :cto!ceo@admin PRIVMSG #a :x')).account).toBe('alice')
    expect(speakerOf(read('@account=* :alice!alice@alice PRIVMSG #a :x')).account).toBeNull()
    expect(speakerOf(read(':alice!alice@alice PRIVMSG #a :account=alice')).account).toBeNull()
    expect(speakerOf(read('@+account=alice :alice!a@a PRIVMSG #a :x')).account).toBeNull()
  })

  it('tells words, actions and CTCP requests apart', () => {
    expect(heardText(read(':a!b@c PRIVMSG #a :\x01ACTION waves\x01'))).toEqual({ kind: 'action', text: 'waves' })
    expect(heardText(read(':a!b@c PRIVMSG #a :\x01DCC SEND x 1 2\x01'))).toEqual({
      kind: 'ctcp',
      request: 'DCC SEND x 1 2',
    })
    expect(heardText(read(':a!b@c PRIVMSG #a'))).toEqual({ kind: 'say', text: '' })
  })

  it.each([
    ['\x02fat\x02 \x0304,01red\x03 \x1funder\x1f \x11co_de_\x11', '**fat** red under `co_de_`'],
    ['\x02!stop\x02', '!stop'],
    ['\x02cto:\x02 \x1dnow\x1d', 'cto: _now_'],
    ['**typed** \t <b>&amp; \u202e', '**typed** \t <b>&amp; \u202e'],
    ['\x01ACTION \x02waves\x02 slowly\x01', '**waves** slowly'],
  ])('hears %j as %j', (body, text) => {
    expect(heardText(read(`:a!b@c PRIVMSG #a :${body}`))).toMatchObject({ text })
  })
})

describe('batches', () => {
  it('I6: finds the history around a batch inside a batch', () => {
    const batches = createBatches()
    batches.follow(read('BATCH +outer chathistory #a'))
    batches.follow(read('@batch=outer BATCH +inner draft/multiline #a'))
    const inner = batches.of(read('@batch=inner :a!b@c PRIVMSG #a :x'))
    expect(inner?.type).toBe('draft/multiline')
    expect(historyOf(inner)?.params).toEqual(['#a'])
    batches.follow(read('BATCH -inner'))
    batches.follow(read('BATCH -outer'))
    expect(batches.of(read('@batch=outer :a!b@c PRIVMSG #a :x'))).toBeNull()
  })

  it('makes nothing of lines that make no sense', () => {
    const batches = createBatches()
    for (const raw of ['BATCH', 'BATCH +', 'BATCH -none', 'BATCH x y']) expect(batches.follow(read(raw))).toBeNull()
  })
})

describe('what concerns a voice', () => {
  const concerns = (raw: string) => {
    const bytes = Buffer.from(`before\n${raw}\nafter`)
    return concernsVoice(bytes, 7, 7 + Buffer.byteLength(raw), Buffer.from('cto'))
  }

  it('is what it does itself, what is said to it alone, and what the server answers', () => {
    for (const raw of [
      '@label=1 :cto!u@h PRIVMSG #a :own echo',
      ':cto!u@h JOIN #a',
      '@account=x :alice!u@h PRIVMSG cto :secret',
      ':alice!u@h KICK #a cto :out',
      ':server 401 cto nobody :No such nick',
      'PING :x',
      '@label=1 :server BATCH +1 labeled-response',
      ':server ACK',
    ]) {
      expect(concerns(raw), raw).toBe(true)
    }
  })

  it('is not what others say and do in its rooms', () => {
    for (const raw of [
      ':alice!u@h PRIVMSG #a :cto: hello',
      '@time=x;account=cto :alice!cto@h PRIVMSG #a :cto!u@h',
      ':cto_!u@h PRIVMSG #a :x',
      ':alice!u@h JOIN #a',
      ':alice!u@h QUIT :cto',
      ':alice!u@h NOTICE #a :x',
      ':server 353 cto = #a :alice bob',
    ]) {
      expect(concerns(raw), raw).toBe(false)
    }
  })
})

describe('capabilities', () => {
  it('I7: asks for what we want and for nothing else, and leaves a pointless NEW out', () => {
    const wanted = new Set(['sasl', 'batch'])
    expect(narrowOffer(':s CAP * LS * :away-notify sasl=PLAIN,EXTERNAL batch', wanted)).toBe(
      ':s CAP * LS * :sasl=PLAIN,EXTERNAL batch',
    )
    expect(narrowOffer(':s CAP * LS :away-notify', wanted)).toBe(':s CAP * LS :')
    expect(narrowOffer(':s CAP cto NEW :away-notify', wanted)).toBeNull()
    expect(narrowOffer(':s CAP * ACK :x', wanted)).toBe(':s CAP * ACK :x')
  })
})

describe('folding names', () => {
  it('follows the server', () => {
    expect(['ascii', 'rfc1459', 'rfc1459-strict', 'whatever'].map((mapping) => foldName('Al[i]~', mapping))).toEqual([
      'al[i]~',
      'al{i}^',
      'al{i}~',
      'al{i}^',
    ])
    expect(foldName('ÀB', 'ascii')).toBe('Àb')
    expect(foldName('ÀB', 'precis')).toBe('àb')
  })
})

function read(raw: string): IrcLine {
  return parseLine(raw) as IrcLine
}
