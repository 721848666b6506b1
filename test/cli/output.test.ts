import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createOutput } from '../../cli/output.ts'

function streams() {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  return { stdout, stderr, printed: () => String(stdout.read() ?? ''), talked: () => String(stderr.read() ?? '') }
}

const hostile = [
  ['a C1 control sequence introducer', 'a\u009b2Jb'],
  ['an operating system command', 'a\u001b]0;title\u0007b\u009d0;title\u009c'],
  ['a text turned around', 'a\u202ebcd\u202c\u2066e\u2069'],
  ['marks of direction', 'a\u200eb\u200fc\u061cd'],
  ['line separators', 'a\u2028b\u2029c\u0085d'],
  ['a deleted character', 'a\u007fb'],
] as const
const drives = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

test.each(hostile)('S28: %s cannot drive a terminal, in words or in JSON', (_, text) => {
  const words = streams()
  const inWords = createOutput(false, words.stdout, words.stderr)
  inWords.line(text, {})
  inWords.talk(text)
  for (const seen of [words.printed(), words.talked()]) expect(seen).not.toMatch(drives)

  const documents = streams()
  const inJson = createOutput(true, documents.stdout, documents.stderr)
  inJson.result('', { text, [text]: 1 })
  const whole = documents.printed()
  inJson.line('', { text })
  const line = documents.printed()
  expect(whole + line).not.toMatch(drives)
  expect(JSON.parse(whole)).toEqual({ text, [text]: 1 })
  expect(JSON.parse(line)).toEqual({ text })
})

test('JSON keeps letters of every language and emoji as they are', () => {
  const { stdout, stderr, printed } = streams()
  const text = 'Grüße, שלום, 你好, 👩‍💻'
  createOutput(true, stdout, stderr).line('', { text })
  expect(printed()).toBe(`{"text":"${text}"}\n`)
})

test('when its reader goes away it says so once and prints no more, and does not throw', () => {
  const { stdout, stderr, printed } = streams()
  const output = createOutput(false, stdout, stderr)
  expect(output.unread.aborted).toBe(false)
  stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  expect(output.unread.aborted).toBe(true)
  output.line('more', {})
  expect(printed()).toBe('')
})

test('another failure of its stream is not swallowed', () => {
  const { stdout, stderr } = streams()
  createOutput(false, stdout, stderr)
  expect(() => stdout.emit('error', Object.assign(new Error('disk full'), { code: 'ENOSPC' }))).toThrow('disk full')
})
