import { setTimeout as pause } from 'node:timers/promises'
import { isPerson } from '../../core/person.ts'
import { labelNumber } from '../../core/task/next.ts'
import type { Task } from '../../core/task/task.ts'
import type { LedgerView } from './ledger-view.ts'
import type { People } from './people.ts'
import { lineOf, peopleRole, type Speaker, speakers, titleOf, type Wish } from './plan.ts'
import type { Random } from './random.ts'

/** A line that somebody said to have something done. */
export interface SaidLine {
  title: string
  speaker: Speaker
  saidAt: number
  /** The label in its answer; `unsure` when the house could not tell, null when the speaker heard nothing. */
  answer: string | null
  /** Whether the speaker was in the room without a break until it was answered or given up. */
  stayed: boolean
}

/** What is said in the room, and what comes back. */
export interface Story {
  readonly lines: readonly SaidLine[]
  /** What the house said to a speaker that nobody expected. */
  readonly surprises: readonly string[]
  /** For whoever listens in the room. */
  hear(nick: string, text: string, by: Speaker): void
  /** Says what is wanted until there is a task for it, as a person would; resolves with false when there is none after all. */
  ask(wish: Wish): Promise<boolean>
  /** Lines that wait for their answer. */
  readonly waiting: number
  /** Works at the seat of people until `signal` aborts. */
  work(signal: AbortSignal): Promise<void>
}

/** Somebody who hears nothing for so long looks whether it is there; longer when the line was surely heard. */
const patienceMs = { broken: 15_000, stayed: 45_000 }
const mostTurns = 6
const sayAgainMs = 6_000

export function tellStory(view: LedgerView, people: People, random: Random): Story {
  const lines: SaidLine[] = []
  const open = new Map<string, SaidLine>()
  const surprises: string[] = []
  const labels: string[] = []

  return {
    lines,
    surprises,
    get waiting() {
      return open.size
    },
    hear(nick, text, by) {
      if (nick !== 'breakroom' || !text.startsWith(`${by}: `)) return
      for (const words of text.split(' · ')) take(words.replace(/^\w+: /, ''), by)
    },
    async ask(wish) {
      for (let turn = 0; turn < mostTurns; turn++) if (await askOnce(wish, turn)) return true
      return false
    },
    work,
  }

  function take(words: string, by: Speaker): void {
    const [, label, title = ''] = /^(t-\d+) is with \S+: "(.+?)\.?"/.exec(words) ?? []
    const line = label === undefined ? undefined : open.get(title)
    if (label !== undefined) {
      if (line === undefined || line.answer !== null) return
      line.answer = label
      labels.push(label)
      return
    }
    if (/^I could not reach the task service/.test(words)) {
      // Answers come in the order of the questions.
      const oldest = [...open.values()].find(({ speaker, answer }) => speaker === by && answer === null)
      if (oldest !== undefined) oldest.answer = 'unsure'
      return
    }
    // What was said to those who work, and receipts with their codes.
    if (/^t-\d+ |^[a-z0-9]{4}$|kept|I keep that|has it/.test(words)) return
    surprises.push(words)
  }

  /** Whether there is a task for it in the end. */
  async function askOnce(wish: Wish, turn: number): Promise<boolean> {
    const title = titleOf(wish, turn)
    const after = wish.waits && labels.length > 0 ? (labels[random.between(0, labels.length - 1)] ?? null) : null
    const line: SaidLine = { title, speaker: wish.speaker, saidAt: 0, answer: null, stayed: true }
    open.set(title, line)
    line.saidAt = await people.say(wish.speaker, lineOf(wish, turn, after))
    lines.push(line)
    while (line.answer === null && performance.now() < line.saidAt + patience(line)) await pause(50)
    line.stayed = people.stayedSince(wish.speaker, line.saidAt)
    open.delete(title)
    if (line.answer !== null && line.answer !== 'unsure') return true
    // Before saying it again a person looks.
    const end = performance.now() + sayAgainMs
    while (performance.now() < end) {
      const found = view.titled(title)[0]
      if (found !== undefined) {
        labels.push(found.label)
        return true
      }
      await pause(100)
    }
    return false
  }

  function patience({ speaker, saidAt }: SaidLine): number {
    return people.stayedSince(speaker, saidAt) ? patienceMs.stayed : patienceMs.broken
  }

  async function work(signal: AbortSignal): Promise<void> {
    const toldAt = new Map<string, number>()
    while (!signal.aborted) {
      for (const task of view.live()) {
        const words = task.role === peopleRole ? nextWords(task) : null
        if (words === null || performance.now() < (toldAt.get(words) ?? 0) + sayAgainMs) continue
        toldAt.set(words, performance.now())
        await people.say(speakers[labelNumber(task.label) % speakers.length] ?? 'ann', words)
      }
      await pause(200, undefined, { signal }).catch(() => {})
    }
  }
}

/** What a person at the seat says next about a task, or null while there is nothing to say. */
function nextWords({ label, status, claim }: Task): string | null {
  if (status === 'open') return `!claim ${label}`
  if ((status === 'claimed' || status === 'working') && claim !== null && isPerson(claim.by)) {
    return `!done ${label} made by hand`
  }
  return null
}
