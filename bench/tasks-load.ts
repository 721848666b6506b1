import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../test/support/process.ts'
import { alternate } from './alternate.ts'
import { atMostTimes, type Figure, type Size } from './figure.ts'
import { residentMb } from './memory.ts'
import { stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import { type Clockwork, startClockwork } from './tasks-clockwork.ts'
import { draft } from './tasks-doors.ts'
import { created, fillLedger } from './tasks-fill.ts'

const few = 100
const many = 10_000
/** Two deadlines for each task, which nothing here comes near. */
const sla = { ack_within_seconds: 600_000, complete_within_minutes: 20_000 }
const verbs = ['accept', 'claim', 'submit']

/**
 * What commands cost among few and many live tasks with two deadlines each, and what it costs to keep so many deadlines while nothing
 * happens. The floor of the commands is the service with few tasks; of doing nothing, one with as many tasks and no deadlines.
 */
export async function taskLoad(size: Size): Promise<Figure[]> {
  await using little = await withTasks(few, true)
  await using plenty = await withTasks(many, true)
  const begun = performance.now()
  await until('Redis has all timers', async () => (await plenty.waiting()) >= 2 * many, 120_000)
  const setAfter = (performance.now() - begun) / 1_000
  await using plain = await withTasks(many, false)
  const samples = size === 'short' ? 150 : 600
  const [mine = [], floor = []] = await alternate(
    [(count) => stories(plenty, count), (count) => stories(little, count)],
    { warmUp: 100, samples },
  )
  const of = (taken: number[], verb: number) => taken.filter((_, index) => index % verbs.length === verb)
  // What is written behind the last answer.
  await pause(5_000)
  const idle = await cpuShares([plenty, plain], size === 'short' ? 30 : 90)
  const mb = [plenty, plain].map(({ service }) => residentMb(service.pid))
  await Promise.all([little, plenty, plain].map(({ service }) => stopProgram(service)))
  return [
    ...verbs.flatMap((verb, index) => [
      {
        name: `${verb} among ${many.toLocaleString('en')} tasks, p50`,
        value: median(of(mine, index)),
        floor: median(of(floor, index)),
        unit: 'ms',
        target: atMostTimes(1.5),
      },
      { name: '  p99', value: quantile(of(mine, index), 0.99), floor: quantile(of(floor, index), 0.99), unit: 'ms' },
    ]),
    { name: `${(2 * many).toLocaleString('en')} timers: first answer until Redis has all`, value: setAfter, unit: 's' },
    { name: '  share of a core while nothing happens', value: idle[0] ?? Number.NaN, floor: idle[1] ?? 0, unit: '%' },
    { name: '  memory then', value: mb[0] ?? Number.NaN, floor: mb[1] ?? 0, unit: 'MB' },
  ]
}

function withTasks(tasks: number, isTimed: boolean): Promise<Clockwork> {
  const more = isTimed ? { sla } : {}
  return startClockwork(['tasks'], (nats) => fillLedger(nats, { tasks, way: (number) => [created(number, more)] }))
}

/** Whole ways of tasks, one at a time; ms of the three commands of each, one after the other. As many are live after each as before. */
async function stories({ doors }: Clockwork, count: number): Promise<number[]> {
  const samples: number[] = []
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const begun = performance.now()
    const done = await work()
    samples.push(performance.now() - begun)
    return done
  }
  for (let number = 0; number < count; number++) {
    await timed(() => doors.desk('assign', { draft: draft({ role: 'devops', sla }) }))
    const doorbell = `load-bell-${++bells}`
    const claimed = await timed(() => doors.as('devops', 'claim', { task: null, role: 'devops', doorbell }))
    const { label: task, epoch } = claimed.task ?? { label: 'none', epoch: 0 }
    await doors.as('devops', 'start', { task, epoch })
    await timed(() => doors.as('devops', 'submit', { task, epoch, result: 'limited, with a test' }))
    await doors.as('cso', 'approve', { task, comment: 'seen' })
  }
  return samples
}

let bells = 0

/** How much of one core each service takes in so many seconds, in per cent. */
async function cpuShares(houses: Clockwork[], seconds: number): Promise<number[]> {
  const spent = () => houses.map(({ service }) => cpuSeconds(service.pid))
  const [before, begun] = [spent(), performance.now()]
  await pause(seconds * 1_000)
  const passed = (performance.now() - begun) / 1_000
  return spent().map((now, index) => ((now - (before[index] ?? 0)) / passed) * 100)
}

/** What a process has taken of the processor, its own and the kernel's for it. Linux counts it in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
