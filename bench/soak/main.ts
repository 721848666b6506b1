import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { isOver } from '../../core/task/task.ts'
import { effectsOf, readQueues, readRecord, tasksOfService, tasksOfStore } from './facts.ts'
import { type House, openHouse, victims } from './house.ts'
import { type Facts, judge } from './judge.ts'
import { type LedgerView, viewLedger } from './ledger-view.ts'
import { bringPeople } from './people.ts'
import { planWishes, titleOf } from './plan.ts'
import { type Random, seededRandom } from './random.ts'
import { renderSoak } from './report.ts'
import { type Story, tellStory } from './story.ts'

// Tasks through the whole story while every part is killed again and again. Exit code 1 when a promise was broken.

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '200' },
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '7' },
    /** A folder for what every process says and for the ledger as it was read. */
    log: { type: 'string' },
  },
})
const [count, kills, seed] = [Number(values.tasks), Number(values.kills), Number(values.seed)]

/** Tasks that are not over, and lines that are not answered, at the same time. */
const most = { live: 60, waiting: 24 }
/** Nothing happens any more. */
const quietMs = 3_000
/** Nothing happens any more, although there is something to do. */
const stuckMs = 60_000

const begun = performance.now()
await using house = await openHouse(seededRandom(seed + 1), values.log ?? null)
for (const end of ['SIGINT', 'SIGTERM', 'unhandledRejection'] as const) {
  process.once(end, (why: unknown) => {
    note(why instanceof Error ? `${why.stack}` : `${why}`)
    // Nothing that was started here may go on.
    void Promise.resolve(house[Symbol.asyncDispose]()).finally(() => process.exit(1))
  })
}
const view = viewLedger(house.fleet)
let heard: Story['hear'] = () => {}
await using people = await bringPeople(house.fleet, (...said) => heard(...said))
const story = tellStory(view, people, seededRandom(seed + 2))
heard = story.hear
note(`up after ${seconds()} s`)

const killed = new Map<string, number>()
const unmet = await tell(house, view, story, seededRandom(seed))
note(`all said after ${seconds()} s`)
await untilQuiet(view)
const facts = await gather(house, view, story, unmet)
const verdict = judge(facts)
process.stdout.write(
  `${renderSoak({ seed, seconds: Number(seconds()), killed, ended: house.ended, surprises: story.surprises, facts, verdict })}\n`,
)
if (values.log !== undefined) {
  writeFileSync(join(values.log, 'ledger.jsonl'), facts.commits.map((commit) => `${JSON.stringify(commit)}\n`).join(''))
  writeFileSync(join(values.log, 'verdict.json'), JSON.stringify(verdict, null, 2))
}
await view.close()
process.exitCode = Object.values(verdict).some((broken) => broken.length > 0) ? 1 : 0

/** Says everything, a few at a time, and kills on the way; resolves with what nobody has in the end. */
async function tell(house: House, view: LedgerView, story: Story, random: Random): Promise<string[]> {
  const wishes = planWishes(random, count)
  const plan = planKills(random)
  const working = new AbortController()
  const atWork = story.work(working.signal)
  const asked: Promise<void>[] = []
  const killings: Promise<void>[] = []
  const unmet: string[] = []
  for (const wish of wishes) {
    while (story.waiting >= most.waiting || view.live().length >= most.live) {
      if (performance.now() - view.changedAt > stuckMs) break
      await pause(20)
    }
    for (const { victim, afterMs } of plan.get(wish.number) ?? []) killings.push(kill(house, victim, afterMs))
    asked.push(
      story.ask(wish).then((met) => {
        if (!met) unmet.push(titleOf(wish, 0))
      }),
    )
    if (wish.number % 100 === 0) {
      const over = [...view.tasks.values()].filter(isOver).length
      note(`${wish.number} asked for, ${over} over, ${total(killed)} kills, ${seconds()} s`)
    }
    await pause(5)
  }
  await Promise.all([...asked, ...killings])
  await untilQuiet(view)
  working.abort()
  await atWork
  return unmet
}

/** Which process is killed when so many are asked for. Everybody's turn comes before anybody's second one. */
function planKills(random: Random): Map<number, { victim: string; afterMs: number }[]> {
  const plan = new Map<number, { victim: string; afterMs: number }[]>()
  let round: string[] = []
  for (let index = 0; index < kills; index++) {
    if (round.length === 0) round = [...victims]
    const [victim = ''] = round.splice(random.between(0, round.length - 1), 1)
    const at = Math.max(1, Math.floor(((index + 0.5) * count) / kills))
    plan.set(at, [...(plan.get(at) ?? []), { victim, afterMs: random.between(0, 400) }])
  }
  return plan
}

async function kill(house: House, victim: string, afterMs: number): Promise<void> {
  await pause(afterMs)
  // It may be on its way up from the last time.
  while (!(await house.kill(victim))) await pause(100)
  killed.set(victim, (killed.get(victim) ?? 0) + 1)
}

/** Resolves when everything is over and nothing more is written, or when nothing goes on any more. */
async function untilQuiet(view: LedgerView): Promise<void> {
  for (;;) {
    const still = performance.now() - view.changedAt
    if (still > (view.live().length === 0 ? quietMs : stuckMs)) return
    await pause(100)
  }
}

async function gather(house: House, view: LedgerView, story: Story, unmet: string[]): Promise<Facts> {
  const { fleet } = house
  const labels = [...view.tasks.values()].map(({ label }) => label)
  const service = await tasksOfService(fleet, labels)
  const record = await readRecord(fleet)
  const queues = await readQueues(fleet)
  await house.stopParts()
  const store = await tasksOfStore(fleet, view.tasks.keys())
  const { tasks, commits, impossible } = view
  const { lines: recorded, announced } = record
  return {
    said: story.lines,
    recorded,
    unmet,
    commits,
    impossible,
    tasks,
    store,
    service,
    announced,
    ...queues,
    effects: effectsOf(fleet),
  }
}

function total(counts: Map<string, number>): number {
  return [...counts.values()].reduce((sum, n) => sum + n, 0)
}

function seconds(): string {
  return ((performance.now() - begun) / 1_000).toFixed(0)
}

function note(text: string): void {
  process.stderr.write(`${text}\n`)
}
