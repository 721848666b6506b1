import { CronExpressionParser } from 'cron-parser'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isEveryHour, whyNotCron } from '../../../core/recurring/cron.ts'

test.each([
  '0 9 1 * *',
  '*/5 * * * *',
  '0 9 * * mon-fri',
  '0 9 * * MON,Wed,7',
  '30 2 29 feb *',
  '0 0 L * *',
  '5/10 0-6/2 1,15 jan-jun 5-7',
  '0 0 31 4,6 mon',
])('takes %s', (expression) => {
  expect(whyNotCron(expression)).toBeNull()
})

test.each([
  ['', /five fields/],
  ['* * * *', /five fields/],
  ['0 * * * * *', /five fields/],
  ['0  9 * * *', /five fields/],
  ['@daily', /five fields/],
  ['60 * * * *', /the minute "60" is off: a number of 0 to 59/],
  ['* 24 * * *', /the hour "24" is off/],
  ['* * 0 * *', /the day of the month "0" is off/],
  ['* * * 13 *', /the month "13" is off/],
  ['* * * * 8', /the day of the week "8" is off/],
  ['* * * foo *', /the month "foo" is off/],
  ['mon * * * *', /the minute "mon" is off/],
  ['* * * * sunmon', /the day of the week ".*" is off/],
  ['H * * * *', /the minute ".*" is off/],
  ['0 0 ? * *', /the day of the month ".*" is off/],
  ['0 0 * * 5#2', /the day of the week ".*" is off/],
  ['0 0 1-L * *', /the day of the month ".*" is off/],
  ['5-1 * * * *', /the minute ".*" is off/],
  ['*/0 * * * *', /the minute ".*" is off/],
  ['*/70 * * * *', /the minute ".*" is off/],
  ['1,,2 * * * *', /the minute "" is off/],
  ['5,5 * * * *', /"5" is off: it is there twice/],
  ['0 0 * * 0-7', /it is there twice/],
  ['0 0 30 2 *', /never comes: no month that it names has a day 30/],
  ['0 0 31 4,jun,9-11/2 *', /never comes/],
  [`${'1,'.repeat(90)}2 * * * *`, /too many|twice/],
])('refuses %s', (expression, why) => {
  expect(whyNotCron(expression)).toMatch(why)
})

const limits = [59, 23, 31, 12, 7]
const item = fc
  .record({ from: fc.nat(65), to: fc.option(fc.nat(65)), step: fc.option(fc.nat(65)), star: fc.boolean() })
  .map(
    ({ from, to, step, star }) =>
      `${star ? '*' : to === null ? from : `${from}-${to}`}${step === null ? '' : `/${step}`}`,
  )
const field = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','))

test('whatever it takes has a next time, and what it means of each field is what is gone by', () => {
  fc.assert(
    fc.property(field, fc.nat(4), (written, index) => {
      const expression = limits.map((_, place) => (place === index ? written : '*')).join(' ')
      if (whyNotCron(expression) !== null) return
      const cron = CronExpressionParser.parse(expression, { tz: 'UTC', currentDate: new Date(0) })
      expect(cron.next().getTime()).toBeGreaterThan(0)
      const named = cron.fields.hour.values.length === 24
      expect(isEveryHour(expression)).toBe(named)
    }),
    { numRuns: 2_000 },
  )
})
