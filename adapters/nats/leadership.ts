import { setTimeout as pause } from 'node:timers/promises'
import { nuid } from '@nats-io/transport-node'
import { z } from 'zod'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { buckets } from '../../ports/keyed-state.ts'
import type { Leadership, Term } from '../../ports/leadership.ts'
import type { Log } from '../../ports/log.ts'
import type { Cell } from './cell.ts'

/** An entry of `leaders`; it expires when it is not written again. */
const holderSchema = z.looseObject({ holder: z.string() })

const renewMs = 1_000
/** Well before the entry expires, so that no two hold the lead at any time. */
const sureMs = buckets.leaders.ttlMs - 500
const lookMs = 250
const retryMs = 100
/** After work has ended, so that another process may have a try. */
const restMs = 1_000

/** Leads by holding an entry of the bucket `leaders`. `cellOf` gives the entry of a name. */
export function createLeadership(cellOf: (name: string) => Cell, log: Log): Leadership {
  return {
    async lead(name, work, signal) {
      const cell = cellOf(name)
      const holder = nuid.next()
      while (!signal.aborted) {
        const won = await win(cell, holder, signal)
        if (won === null) return
        log.info({ name }, 'nats: leading')
        const lead = holdLead(cell, holder, won, signal)
        try {
          if (!signal.aborted) await work(lead.term)
        } catch (error) {
          log.error({ name, error: sentenceOf(error) }, 'nats: who led failed')
        }
        await lead.giveUp()
        log.info({ name }, 'nats: leading no more')
        await pause(restMs, undefined, { signal }).catch(() => {})
      }
    },
  }
}

/** A revision of the entry that says who leads, and the moment from which it surely lives. */
interface Hold {
  revision: number
  since: Moment
}

/** Waits until the lead is free and takes it; null when `signal` aborts or the connection was closed. */
async function win(cell: Cell, holder: string, signal: AbortSignal): Promise<Hold | null> {
  while (!signal.aborted) {
    try {
      const { value, revision } = await cell.read()
      // Our own of an earlier term: a renewal that came to the server after we had given up on it.
      if (value === null || holderOf(value) === holder) {
        const since = now()
        return { revision: await cell.write({ holder }, revision), since }
      }
    } catch (error) {
      if (isBreakroomError(error, 'closed')) return null
      // The bus is away, or somebody was faster.
    }
    await pause(lookMs, undefined, { signal }).catch(() => {})
  }
  return null
}

/** Renews the entry until it is given up. A lead that was in doubt once is lost, even when a renewal turns out to have been in time. */
function holdLead(cell: Cell, holder: string, won: Hold, signal: AbortSignal): { term: Term; giveUp(): Promise<void> } {
  let { revision, since } = won
  const lost = new AbortController()
  const done = new AbortController()
  const over = AbortSignal.any([lost.signal, done.signal])
  const watchdog = setInterval(isSure, retryMs)
  const renewing = renew()

  function isSure(): boolean {
    if (elapsedSince(since) >= sureMs) lost.abort()
    return !lost.signal.aborted
  }

  async function renew(): Promise<void> {
    for (let wait = renewMs; !over.aborted; ) {
      await pause(wait, undefined, { signal: over }).catch(() => {})
      if (over.aborted || !isSure()) return
      const sent = now()
      try {
        revision = await cell.write({ holder }, revision)
        since = sent
        wait = renewMs
      } catch (error) {
        if (isBreakroomError(error, 'closed')) lost.abort()
        if (isBreakroomError(error, 'conflict')) await adopt().catch(() => {})
        wait = retryMs
      }
    }
  }

  /** After a renewal whose confirmation was lost. What is no entry of a leader was put there to throw us out, and does not. */
  async function adopt(): Promise<void> {
    const newest = await cell.read()
    const of = holderOf(newest.value)
    if (newest.value !== null && (of === holder || of === null)) revision = newest.revision
    else lost.abort()
  }

  return {
    term: {
      signal: AbortSignal.any([lost.signal, signal]),
      get current() {
        return isSure()
      },
    },
    async giveUp() {
      done.abort()
      clearInterval(watchdog)
      await renewing
      try {
        const newest = await cell.read()
        if (holderOf(newest.value) === holder) await cell.delete(newest.revision)
      } catch {
        // It expires.
      }
    },
  }
}

/** Who holds an entry, or null when it is not one of ours. */
function holderOf(value: unknown): string | null {
  return holderSchema.safeParse(value).data?.holder ?? null
}

interface Moment {
  wall: number
  monotonic: number
}

function now(): Moment {
  return { wall: Date.now(), monotonic: performance.now() }
}

/** By whichever clock says more: the monotonic one stands still while the machine sleeps. */
function elapsedSince({ wall, monotonic }: Moment): number {
  return Math.max(Date.now() - wall, performance.now() - monotonic)
}
