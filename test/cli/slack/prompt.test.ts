import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createPrompt } from '../../../cli/slack/prompt.ts'
import { until } from '../../support/process.ts'

/** Somebody at a terminal, or a pipe; `screen` is what is shown. */
function typist(isTerminal: boolean) {
  const keys = Object.assign(new PassThrough(), { isTTY: isTerminal, setRawMode() {} })
  const shown = new PassThrough()
  let screen = ''
  shown.on('data', (chunk) => {
    screen += chunk
  })
  let stops = 0
  const prompt = createPrompt(keys as unknown as NodeJS.ReadStream, shown, () => stops++)
  return {
    prompt,
    type: (text: string) => keys.write(text),
    end: () => keys.end(),
    screen: () => screen,
    stops: () => stops,
  }
}

test('what is typed at a terminal is shown, but not when it is a secret', async () => {
  const { prompt, type, screen } = typist(true)
  using _ = prompt
  const open = prompt.line(false)
  type(' acme \r')
  expect(await open).toBe('acme')
  await until('the name is on the screen', () => screen().includes('acme'))
  const hidden = prompt.line(true)
  type('xoxb-secret\r')
  expect(await hidden).toBe('xoxb-secret')
  const after = prompt.line(false)
  // Arrow up: a history would bring the secret back.
  type('\u001b[A')
  type('shown\r')
  expect(await after).toBe('shown')
  await until('the last word is on the screen', () => screen().includes('shown'))
  expect(screen()).not.toContain('secret')
})

test('lines of a pipe are answers one by one, also those that came early, and then there are none', async () => {
  const { prompt, type, end, screen } = typist(false)
  using _ = prompt
  type('one\ntwo\n')
  expect(await prompt.line(false)).toBe('one')
  expect(await prompt.line(true)).toBe('two')
  const asked = prompt.line(false)
  end()
  expect([await asked, await prompt.line(false), await prompt.line(false)]).toEqual([null, null, null])
  expect(screen().trim()).toBe('')
})

test('Ctrl-C at a terminal stops at once', async () => {
  const { prompt, type, stops } = typist(true)
  using _ = prompt
  const asked = prompt.line(true)
  type('\u0003')
  expect(await asked).toBeNull()
  expect(stops()).toBe(1)
})
