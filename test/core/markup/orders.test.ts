import { expect, test } from 'vitest'
import { parseIrc } from '../../../core/markup/irc.ts'
import { printMarkdown } from '../../../core/markup/markdown.ts'
import { parseMrkdwn } from '../../../core/markup/mrkdwn.ts'
import { withPlainOrders } from '../../../core/markup/orders.ts'

test.each([
  ['\x02!stop\x02', '!stop'],
  ['\x02\x1d!stop cto\x0f', '!stop cto'],
  ['\x11!stop\x11', '!stop'],
  [' \x02!stop\x02 ', ' !stop '],
  ['\x02!stop\x02 cto', '!stop cto'],
  ['\x02cto:\x02 please \x02now\x02', 'cto: please **now**'],
  ['\x02@cto\x02 please', '@cto please'],
  ['\x02Note\x02 that', '**Note** that'],
  ['see \x02!stop\x02', 'see **!stop**'],
  ['\x11!stop\x11 is code', '`!stop` is code'],
])('%j on IRC says %j', (text, said) => {
  expect(printMarkdown(withPlainOrders(parseIrc(text)))).toBe(said)
})

test('a styled command from Slack is a command', () => {
  expect(printMarkdown(withPlainOrders(parseMrkdwn('*!stop* &lt;cto&gt;')))).toBe('!stop <cto>')
})
