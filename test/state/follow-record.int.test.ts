import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventSubject } from '../../core/subject.ts'
import { createKeepMeasured } from '../../state/keep-measured.ts'
import { all } from '../support/collect.ts'
import { envelopeOf } from '../support/envelope.ts'
import { until } from '../support/process.ts'
import { type RecordHouse, recordHouse } from './record-house.ts'

let house: RecordHouse
beforeEach(async () => {
  house = await recordHouse()
})
afterEach(() => house[Symbol.asyncDispose]())

const use = (id: string, input_tokens: number) =>
  house.say(id, 'usage', { data: { input_tokens, output_tokens: 10, usd: 0.1 } })

async function decide(id: string, text: string): Promise<void> {
  const { bus } = house.nats.as({ kind: 'desk' })
  const words = { actor: 'breakroom', type: 'decision.made', data: { by: 'human-ada', text, title: text } }
  await bus.publish(eventSubject('breakroom', 'decision', 'made'), envelopeOf(id, words))
}

const known = () => all(house.file.store.knowledge.all())

it('what was decided and used before anybody kept it is kept, each once, and what comes after', async () => {
  await decide('line-1', 'We branch from main.')
  await use('use-1', 1_000)
  const first = house.follow()
  await until('both are kept', async () => (await house.used()) === 1_000 && (await known()).length === 1)
  await use('use-2', 200)
  await until('the other, too', async () => (await house.used()) === 1_200)
  await first.stop()
  await use('use-2', 200)
  await decide('line-2', 'Reviews come first.')
  const second = house.follow()
  await until('it has gone on', async () => (await known()).length === 2)
  await second.stop()
  expect(await house.used()).toBe(1_200)
  expect(await all(house.file.store.metrics.all())).toMatchObject([
    { role: 'cto', model_calls: 2, tokens_out: 20, usd: 0.2 },
  ])
  expect((await known()).map(({ kind, text, revision }) => ({ kind, text, revision }))).toEqual(
    expect.arrayContaining([{ kind: 'decision', text: expect.stringContaining('We branch from main.'), revision: 1 }]),
  )
})

it('what a call used counts once, wherever it was killed', async () => {
  const never = new Promise<void>(() => {})
  for (let index = 1; index <= 6; index++) {
    await use(`use-${index}`, 100)
    const { keep } = house.file
    let isThere = false
    const killed = house.follow({
      into: {
        keep: async (batch) => {
          if (index % 2 === 0) await keep(batch)
          isThere = true
          await never
        },
      },
    })
    await until('it is there', () => isThere)
    killed.kill()
    const next = house.follow()
    await until('it is kept', async () => (await house.used()) === 100 * index)
    await next.stop()
  }
})

it('figures of two feeds that come at the same time are all counted', async () => {
  const keep = createKeepMeasured(house.file)
  const adds = { tokens_in: 1 }
  await Promise.all(
    Array.from({ length: 50 }, () =>
      keep(
        [
          { role: 'cto', day: '2026-11-22', adds },
          { role: 'cto', day: '2026-11-22', adds },
        ],
        {},
      ),
    ),
  )
  expect(await house.used()).toBe(100)
})
