import { expect, it } from 'vitest'
import type { MetricLabels, MetricName, Metrics } from '../../ports/metrics.ts'
import { startTestBridge } from '../support/bridge.ts'
import { startErgo } from '../support/ergo.ts'
import { ircPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'

function recordingMetrics(): { metrics: Metrics; values: Map<string, number> } {
  const values = new Map<string, number>()
  const nameOf = (name: MetricName, labels: MetricLabels = {}) => [name, ...Object.values(labels)].join(' ')
  return {
    values,
    metrics: {
      count: (name, labels, by = 1) =>
        void values.set(nameOf(name, labels), (values.get(nameOf(name, labels)) ?? 0) + by),
      gauge: (name, value, labels) => void values.set(nameOf(name, labels), value),
    },
  }
}

it('counts a line that is heard and mirrored once, a gap once, and each connection once', async () => {
  const { metrics, values } = recordingMetrics()
  await using own = await startErgo()
  await using foreign = await startErgo()
  await using _ = await startTestBridge({ own: own.port, foreign: foreign.port }, metrics)
  await using alice = await ircPerson({ port: own.port, nick: 'alice' })
  await using bob = await ircPerson({ port: foreign.port, nick: 'bob' })
  await Promise.all([alice.join('#breakroom'), bob.join('#breakroom')])
  const valuesOf = (what: RegExp) => Object.fromEntries([...values].filter(([name]) => what.test(name)))

  alice.say('#breakroom', 'counted once')
  await bob.waitForText('<alice> counted once')
  alice.dm('cto', 'this too')
  await until('the private line is counted', () => values.get('breakroom_heard_total own') === 2)
  await until('what was posted is counted', () => values.has('breakroom_posted_total foreign'))
  expect(valuesOf(/heard|posted|ambiguous|gaps/)).toEqual({
    'breakroom_heard_total own': 2,
    'breakroom_posted_total foreign': 1,
  })
  expect(valuesOf(/connected own/)).toEqual({
    'breakroom_connected own ear': 1,
    'breakroom_connected own ceo': 1,
    'breakroom_connected own cto': 1,
  })

  await own.kill()
  await own.restart()
  await bob.waitForText(/^I could not hear own/)
  await until('all are back', () => values.get('breakroom_reconnects_total own cto') === 1)
  expect(valuesOf(/gaps/)).toEqual({ 'breakroom_gaps_total own': 1 })
})
