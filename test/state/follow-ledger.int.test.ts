import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock, systemSleep } from '../../adapters/process/system-clock.ts'
import { openStateFile } from '../../adapters/sqlite/state/state-file.ts'
import { BreakroomError } from '../../core/errors.ts'
import { dayOf } from '../../core/state/measure.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { StateFile } from '../../ports/state-file.ts'
import { followLedger } from '../../state/follow-ledger.ts'
import { createKeepMeasured } from '../../state/keep-measured.ts'
import { all } from '../support/collect.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { temporaryFolder, until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'
import { hugeEvidence } from '../support/state.ts'
import { keyOf, taskAt, taskCommit } from '../support/tasks.ts'

let nats: NatsServer
let folder: ReturnType<typeof temporaryFolder>
let ledger: Ledger
let file: StateFile

beforeEach(async () => {
  nats = await startProvisionedNats()
  folder = temporaryFolder()
  ledger = nats.as({ kind: 'tasks' }).ledger('breakroom')
  file = openFile()
})
afterEach(async () => {
  await file.close()
  await nats[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const day = dayOf(taskAt(1, 1).updated_at)

function openFile() {
  return openStateFile({
    file: join(folder.path, 'state.sqlite'),
    clock: systemClock,
    log: quietLog,
    newId: () => 'a-fleet',
  })
}

/** The commits of one task: made, claimed, noted upon, given up. */
function story(number: number): TaskCommit[] {
  const events: TaskCommit['events'][] = [
    taskCommit(taskAt(number, 1)).events,
    [{ type: 'claimed', epoch: 1, doorbell: null }],
    [{ type: 'noted', text: 'half of it' }],
    [{ type: 'cancelled', reason: 'no need' }],
  ]
  return events.map((its, index) => taskCommit(taskAt(number, index + 1), { events: its }))
}

/** Of all tasks, one commit of each at a time. */
function interleaved(tasks: number): TaskCommit[] {
  const stories = Array.from({ length: tasks }, (_, index) => story(index + 1))
  return [0, 1, 2, 3].flatMap((at) => stories.flatMap((its) => its[at] ?? []))
}

async function write(commits: readonly TaskCommit[]): Promise<void> {
  for (const commit of commits) await ledger.append(commit)
}

async function loseLedger(): Promise<void> {
  const manager = await jetstreamManager(await nats.raw({ kind: 'admin' }))
  await manager.streams.delete('LEDGER')
  await nats.provision()
  ledger = nats.as({ kind: 'tasks' }).ledger('breakroom')
}

/** Follows the ledger into the file, until it is stopped. */
function follow(options: { refill?: () => Promise<void>; into?: Partial<StateFile>; parked?: () => void } = {}) {
  const stop = new AbortController()
  const into = { ...file, ...options.into }
  const following = followLedger({
    ledger: nats.as({ kind: 'state' }).ledger('breakroom'),
    file: into,
    keep: createKeepMeasured(into),
    refill: options.refill ?? (async () => {}),
    clock: systemClock,
    sleep: systemSleep,
    log: quietLog,
    metrics: { ...quietMetrics, count: (name) => name === 'breakroom_parked_total' && options.parked?.() },
    signal: stop.signal,
  })
  return {
    ...following,
    /** Nobody waits for what is under way. */
    kill: () => stop.abort(),
    async stop() {
      stop.abort()
      await following.ended
    },
  }
}

const commitsKept = async () => (await file.counts()).commits
const kept = (commits: number) => until('they are kept', async () => (await commitsKept()) === commits)
const places = async () =>
  (await all(file.store.history(0))).map(({ place, commit }) => `${place} ${commit.key} ${commit.version}`)
const figures = async () => {
  const { assigned, claims, cancelled } = (await file.store.metrics.get(`${day}.cto`)) ?? {}
  return { assigned, claims, cancelled }
}

describe('the ledger, read into the file', () => {
  it('is kept in its order, with tasks as they stand and what their role did', async () => {
    await write(interleaved(3))
    const following = follow()
    await kept(12)
    await write(story(4))
    await kept(16)
    expect(await places()).toEqual(
      [...interleaved(3), ...story(4)].map(({ key, version }, index) => `${index + 1} ${key} ${version}`),
    )
    expect(await file.store.task(keyOf(2))).toMatchObject({ status: 'cancelled', version: 4 })
    expect(await figures()).toEqual({ assigned: 4, claims: 4, cancelled: 4 })
    await until('nothing is left', () => following.lag() === 0)
    expect(following.troubles()).toEqual([])
    expect(await file.mark('ledger')).toEqual({ seq: 16, id: story(4)[3]?.id })
    await following.stop()
  })

  it('is measured once, wherever it was killed', async () => {
    const commits = interleaved(5)
    const never = new Promise<void>(() => {})
    // One batch each, with a kill at every one of them: right before it is kept, or right behind.
    for (const [index, commit] of commits.entries()) {
      await write([commit])
      const { keep } = file
      let isThere = false
      const killed = follow({
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
      const following = follow()
      await kept(index + 1)
      await following.stop()
      await file.close()
      file = openFile()
    }
    expect(await figures()).toEqual({ assigned: 5, claims: 5, cancelled: 5 })
    expect(await places()).toHaveLength(20)
  })

  it('keeps places and figures when it is written anew in another order, and goes on', async () => {
    await write(interleaved(3))
    const first = follow()
    await kept(12)
    await first.stop()
    const before = [await places(), await figures()]
    await loseLedger()
    await write([3, 1, 2].flatMap(story))
    let asked = 0
    const second = follow({
      refill: async () => {
        asked += 1
      },
    })
    await write(story(9))
    await kept(16)
    await until('the place in it is kept', async () => (await file.mark('ledger'))?.seq === 16)
    expect((await places()).slice(0, 12)).toEqual(before[0])
    expect((await places()).slice(12)).toEqual([1, 2, 3, 4].map((n) => `${12 + n} ${keyOf(9)} ${n}`))
    expect(await figures()).toEqual({ assigned: 4, claims: 4, cancelled: 4 })
    await second.stop()
    expect(asked).toBe(0)
  })

  it('F21: has what it lost written back once, also when it is lost while it is read, and goes on', async () => {
    await write(interleaved(3))
    let asked = 0
    const following = follow({
      refill: async () => {
        asked += 1
        if (asked === 1) throw new BreakroomError('unavailable', 'The task service is away.')
        await write(interleaved(3))
      },
    })
    await kept(12)
    await until('it has looked', () => following.lag() === 0)
    await loseLedger()
    // Something new comes before anybody noticed.
    await write(story(7))
    await until(
      'it is said',
      () => following.troubles().some((trouble) => trouble.includes('task service is away')),
      20_000,
    )
    await until('they are written back', async () => (await ledger.lastSeq()) === 16, 20_000)
    await write(story(8))
    await kept(20)
    await until('all is well', () => following.troubles().length === 0 && following.lag() === 0)
    expect(asked).toBe(2)
    expect(await figures()).toEqual({ assigned: 5, claims: 5, cancelled: 5 })
    await following.stop()
    const again = follow({
      refill: async () => {
        asked += 1
      },
    })
    await until('it is at the end', () => again.lag() === 0)
    await again.stop()
    expect(asked).toBe(2)
  }, 60_000)

  it('is asked to be filled again when the one who asked was killed', async () => {
    await write(interleaved(2))
    const first = follow()
    await kept(8)
    await first.stop()
    await loseLedger()
    let asked = 0
    const killed = follow({
      refill: () => {
        asked += 1
        return new Promise(() => {})
      },
    })
    await until('it asks', () => asked === 1)
    killed.kill()
    const next = follow({
      refill: async () => {
        asked += 1
        await write(interleaved(2))
      },
    })
    await until('it is full again', async () => (await ledger.lastSeq()) === 8 && next.lag() === 0)
    expect(asked).toBe(2)
    await next.stop()
  })

  it('is asked to be filled again when the one who took it up was killed', async () => {
    await write([...story(1), ...story(2)])
    const first = follow()
    await kept(8)
    await first.stop()
    const lost = (await all(file.store.history(0))).map(({ commit }) => commit)
    await loseLedger()
    let asked = 0
    const second = follow({
      async refill() {
        asked += 1
        // The first one was told that it is begun.
        if (asked > 1) await write(lost)
      },
    })
    await until('it is asked again, and the ledger has it', async () => (await ledger.lastSeq()) === lost.length)
    await until('nobody is asked any more', async () => (await file.note('ledger anew')) === null)
    expect(asked).toBe(2)
    await second.stop()
  })

  it('passes over what cannot be, and keeps what follows', async () => {
    const admin = nats.as({ kind: 'admin' })
    const raw = await nats.raw({ kind: 'admin' })
    const [made, claimed] = story(1)
    await write([made as TaskCommit])
    raw.publish(`breakroom.ledger.tasks.${keyOf(1)}`, '{"no": "commit"}')
    await raw.flush()
    await write([claimed as TaskCommit])
    // A move that is not legal: it was never made.
    await admin.ledger('breakroom').append(taskCommit(taskAt(2, 1), { events: [{ type: 'started' }] }))
    await write(story(3))
    let parked = 0
    const following = follow({
      parked() {
        parked += 1
      },
    })
    await kept(6)
    await until('all is read', () => following.lag() === 0)
    expect(parked).toBe(2)
    expect(following.troubles()).toEqual([])
    await following.stop()
  })

  it('passes over what no document can hold, without losing its neighbours', async () => {
    const huge = taskAt(5, 1)
    const heavy = { ...huge, description: 'x'.repeat(100) }
    await write([...story(1), taskCommit(heavy), ...story(2)])
    const { keep } = file
    let parked = 0
    const following = follow({
      into: {
        // What the file says to a task of more than a megabyte.
        keep: async (batch) => {
          if (batch.tasks?.some(({ task }) => task.key === keyOf(5))) {
            throw new BreakroomError('refused', 'Task t-5 has 1,200,000 bytes.', { detail: { rule: 'too-large' } })
          }
          await keep(batch)
        },
      },
      parked() {
        parked += 1
      },
    })
    await kept(8)
    await until('all is read', () => following.lag() === 0)
    expect(parked).toBe(1)
    expect(await file.store.task(keyOf(5))).toBeNull()
    await following.stop()
  })

  it('is known again after a restart, whatever id somebody gave the newest commit', async () => {
    await write([...story(1).slice(0, 3), { ...(story(1)[3] as TaskCommit), id: 'role:cto:\ud83d' }])
    const first = follow()
    await kept(4)
    await first.stop()
    const notes: string[] = []
    const second = follow({ into: { setNote: async (name) => void notes.push(name) } })
    await until('it goes on', () => second.lag() === 0)
    expect(notes).toEqual([])
    await second.stop()
  })

  it('ends when somebody else finds the file damaged, though nothing happens, so that it is opened anew', async () => {
    await write(story(1))
    let isDamaged = false
    const following = follow({
      into: {
        mark: async (feed) => {
          if (isDamaged) throw new BreakroomError('unreadable', 'It is damaged.')
          return file.mark(feed)
        },
      },
    })
    await kept(4)
    isDamaged = true
    await expect(following.ended).rejects.toMatchObject({ code: 'unreadable' })
  }, 15_000)

  it('says so, too, when it cannot note that it begins', async () => {
    await write(story(1))
    let isFull = true
    const following = follow({
      into: {
        setNote: async (name, value) => {
          if (isFull) throw new BreakroomError('unavailable', 'The disk is full.', { detail: { reason: 'away' } })
          await file.setNote(name, value)
        },
      },
    })
    await until('it is said', () => following.troubles().length === 1)
    expect(following.troubles()).toEqual(['what happens to tasks cannot be kept: The disk is full.'])
    isFull = false
    await kept(4)
    await until('all is well', () => following.troubles().length === 0)
    await following.stop()
  })

  it('waits for a file that takes nothing, says so, and loses nothing', async () => {
    await write(story(1))
    const { keep } = file
    let isFull = true
    const following = follow({
      into: {
        keep: async (batch) => {
          if (isFull) throw new BreakroomError('unavailable', 'The disk is full.', { detail: { reason: 'busy' } })
          await keep(batch)
        },
      },
    })
    await until('it is said', () => following.troubles().length === 1)
    expect(following.troubles()).toEqual(['what happens to tasks cannot be kept: The disk is full.'])
    isFull = false
    await kept(4)
    await until('all is well', () => following.troubles().length === 0)
    expect(await figures()).toEqual({ assigned: 1, claims: 1, cancelled: 1 })
    await following.stop()
  })
})

it('a task whose state is cut to fit is folded from its commits after a restart', async () => {
  const { evidence } = hugeEvidence()
  const [made, claimed] = story(1)
  const submitted = taskCommit(taskAt(1, 3), { events: [{ type: 'submitted', result: 'merged', epoch: 1 }] })
  const runs = evidence.map((one, index) =>
    taskCommit(taskAt(1, 4 + index), { events: [{ type: 'step_failed', evidence: one }] }),
  )
  const inOneGo = [made, claimed, submitted, ...runs] as TaskCommit[]
  await write(inOneGo.slice(0, -1))
  const first = follow()
  await kept(inOneGo.length - 1)
  await first.stop()
  await write(inOneGo.slice(-1))
  const second = follow()
  await kept(inOneGo.length)
  await second.stop()
  const after = await file.store.task(keyOf(1))
  await file.close()
  const other = openStateFile({
    file: join(folder.path, 'other.sqlite'),
    clock: systemClock,
    log: quietLog,
    newId: () => 'a-fleet',
  })
  file = other
  const whole = follow()
  await kept(inOneGo.length)
  await whole.stop()
  expect(await other.store.task(keyOf(1))).toEqual(after)
})
