import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Leadership, Term } from '../../../ports/leadership.ts'
import { leadershipContract } from '../../contract/leadership.ts'
import { startProvisionedNats } from '../../support/nats.ts'
import { cloneFolder, type Running, run, temporaryFolder, until } from '../../support/process.ts'

/** Nobody else may seek a lead of any name. */
const admin = { kind: 'admin' } as const
const failoverMs = 5_000

// All of these mostly wait, so they do it side by side; what takes longest begins first.

describe.concurrent('leadership of processes', () => {
  it('F7, F14: is never with two at a time, whatever is stopped and restarted', { timeout: 60_000 }, async () => {
    await using house = await startTwo()
    house.startProcess()
    const all = [0, 1, 2]
    const leader = () => until('one leads', () => all.filter(house.leads).map(house.process)[0], 15_000)
    for (const [round, stoppedMs] of [1_200, 4_600, 2_600, 3_800].entries()) {
      const { pid } = await leader()
      process.kill(pid, 'SIGSTOP')
      if (round === 2) {
        await house.server.kill()
        await house.server.start()
      }
      await pause(stoppedMs)
      process.kill(pid, 'SIGCONT')
      await pause(500)
    }
    await leader()
    const reigns = all.flatMap(house.reigns).toSorted((a, b) => a.from - b.from)
    expect(reigns.length).toBeGreaterThan(1)
    for (const [index, { from }] of reigns.slice(1).entries()) expect(reigns[index]?.to).toBeLessThan(from)
  })

  it('passes to another within five seconds when its holder is killed', async () => {
    await using house = await startTwo()
    await house.process(0).kill('SIGKILL')
    const killed = machineNow()
    await until('the second leads', () => house.leads(1))
    expect((house.reigns(1)[0]?.from ?? Infinity) - killed).toBeLessThan(failoverMs)
  })

  it('F7: passes to another while its holder is stopped, which knows it before it does anything else', async () => {
    await using house = await startTwo()
    const { pid } = house.process(0)
    process.kill(pid, 'SIGSTOP')
    const stopped = machineNow()
    await until('the second leads', () => house.leads(1))
    expect((house.reigns(1)[0]?.from ?? Infinity) - stopped).toBeLessThan(failoverMs)
    process.kill(pid, 'SIGCONT')
    await until('the first knows', () => !house.leads(0))

    // Not once after it was stopped did it believe that it leads.
    expect((house.reigns(0)[0]?.to ?? Infinity) - stopped).toBeLessThan(50)
    await pause(1_500)
    expect([house.leads(0), house.leads(1)]).toEqual([false, true])
  })
})

leadershipContract('NATS', async () => {
  const server = await startProvisionedNats()
  return {
    first: server.as(admin).leadership,
    second: server.as(admin).leadership,
    kill: () => server.kill(),
    start: () => server.start(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
})

it.concurrent('ends with the connection, of who leads and of who waits', async () => {
  await using server = await startProvisionedNats()
  const [one, other] = [server.as(admin), server.as(admin)]
  const { signal } = new AbortController()
  let leads = false
  const leading = one.leadership.lead(
    'office',
    (term) => {
      leads = true
      return new Promise((ended) => term.signal.addEventListener('abort', () => ended()))
    },
    signal,
  )
  await until('it leads', () => leads)
  const waiting = other.leadership.lead('office', () => expect.unreachable(), signal)
  await Promise.all([one.bus.close(), other.bus.close()])
  await Promise.all([leading, waiting])
})

it.concurrent('S23: stays where it is when a hijacked role makes the server write over it', async () => {
  await using server = await startProvisionedNats()
  const stop = new AbortController()
  const terms: Term[] = []
  const seek = (by: Leadership) =>
    by.lead(
      'office',
      (term) => {
        terms.push(term)
        return new Promise((ended) => term.signal.addEventListener('abort', () => ended()))
      },
      stop.signal,
    )
  const first = seek(server.as(admin).leadership)
  await until('it leads', () => terms.length === 1)
  const second = seek(server.as(admin).leadership)
  const cto = await server.raw({ kind: 'role', role: 'cto' })
  const reply = `$KV.leaders.k${Buffer.from('office').toString('base64url')}`
  const end = performance.now() + 6_000
  while (performance.now() < end) {
    cto.publish('events.cto.chat.lab', 'x', { reply })
    expect(terms[0]?.current).toBe(true)
    await pause(400)
  }
  expect(terms).toHaveLength(1)
  stop.abort()
  await Promise.all([first, second])
})

/** A span in which a process believed that it leads, in ms of the machine's clock; without end when it still does. */
interface Reign {
  from: number
  to: number
}

/** A server, and two processes of which the first leads. */
async function startTwo() {
  const stack = new AsyncDisposableStack()
  const processes: Running[] = []
  try {
    // As in a house: a renewal that was confirmed is on disk when the server is killed.
    const server = stack.use(await startProvisionedNats({ syncInterval: 'always' }))
    const folder = stack.use(temporaryFolder())
    const { servers, seed } = server.options(admin)
    const fileOf = (index: number) => join(folder.path, `${index}`)
    const reigns = (index: number) => readReigns(fileOf(index))
    const house = {
      server,
      startProcess() {
        const fixture = join(cloneFolder, 'test/fixtures/lead.ts')
        const args = [fixture, ...servers, seed ?? '', fileOf(processes.length)]
        processes.push(stack.use(run(process.execPath, args)))
      },
      process: (index: number) => processes[index] as Running,
      reigns,
      leads: (index: number) => reigns(index).at(-1)?.to === Number.POSITIVE_INFINITY,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
    house.startProcess()
    await until('the first leads', () => house.leads(0))
    house.startProcess()
    // It has to be there, seeking the lead, before anything happens to the first.
    await pause(1_000)
    return house
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

function readReigns(file: string): Reign[] {
  const reigns: Reign[] = []
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []) {
    const [what, at] = line.split(' ')
    const ms = Number(BigInt(at ?? '0') / 1_000n) / 1_000
    const last = reigns.at(-1)
    if (what === 'leads') reigns.push({ from: ms, to: Number.POSITIVE_INFINITY })
    else if (last !== undefined) last.to = ms
  }
  return reigns
}

function machineNow(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000
}
