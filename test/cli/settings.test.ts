import { expect, test } from 'vitest'
import { readSettings } from '../../cli/settings.ts'

const apiUrlOf = (text?: string) =>
  readSettings(text === undefined ? {} : { BREAKROOM_SLACK_API_URL: text }, '/nowhere').slackApiUrl

test.each([
  [undefined, 'https://slack.com/api/'],
  ['https://slack-gov.com', 'https://slack-gov.com/api/'],
  ['https://slack-gov.com/', 'https://slack-gov.com/api/'],
  ['https://slack-gov.com/api', 'https://slack-gov.com/api/'],
  ['https://chat.example.com/slack/', 'https://chat.example.com/slack/'],
  ['http://127.0.0.1:4000/api/', 'http://127.0.0.1:4000/api/'],
  ['http://localhost:4000', 'http://localhost:4000/api/'],
  ['http://[::1]:4000/api', 'http://[::1]:4000/api/'],
])('BREAKROOM_SLACK_API_URL %s means %s', (text, url) => {
  expect(apiUrlOf(text)).toBe(url)
})

test.each([
  'http://slack.com/api/',
  'http://127.0.0.1.example.com/api/',
  'ftp://slack.com/api/',
  'slack.com/api/',
  'https://me:secret@slack.com/api/',
  'https://slack.com/api/?x=1',
])('BREAKROOM_SLACK_API_URL %s is refused, because tokens would go there', (text) => {
  expect(() => apiUrlOf(text)).toThrow(/BREAKROOM_SLACK_API_URL/)
})
