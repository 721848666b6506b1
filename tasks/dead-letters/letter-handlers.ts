import { maySeeContent } from '../../core/dead-letter/audience.ts'
import { checkChanges } from '../../core/dead-letter/edit.ts'
import { letterNumber } from '../../core/dead-letter/label.ts'
import { isWaiting, type LetterRecord } from '../../core/dead-letter/record.ts'
import { type LetterList, type LetterReply, type LetterView, viewOf } from '../../core/dead-letter/view.ts'
import type { LetterVerb, TaskArguments } from '../../core/task/request.ts'
import { refusal, type TaskWorld } from '../../core/task/world.ts'
import type { Asker } from '../asker.ts'
import type { Book } from '../book.ts'
import { templateOf } from '../effects/follow-up.ts'
import { firstThatFit } from '../fitting.ts'
import type { Changed, LetterChanges } from './changes.ts'
import type { LetterBook } from './letter-book.ts'

/** What the desk for dead letters has when it is open. */
export interface OpenLetters {
  records: LetterBook
  changes: LetterChanges
}

export type LetterHandlers = {
  [V in LetterVerb]: (args: TaskArguments<V>, asker: Asker) => Promise<V extends 'letters' ? LetterList : LetterReply>
}

const mostListed = 200

/** What every verb about dead letters does. `opened` rejects with `unavailable` while they are not read yet. */
export function createLetterHandlers(parts: {
  opened: () => Promise<OpenLetters>
  book: Book
  world: TaskWorld
}): LetterHandlers {
  const { opened, book, world } = parts
  return {
    async letters({ all }, asker) {
      const { records, changes } = await opened()
      const wanted = [...records.all()].filter((record) => all || isWaiting(record))
      const newest = wanted.sort((a, b) => letterNumber(b.label) - letterNumber(a.label))
      const shown: LetterView[] = []
      for (const record of newest.slice(0, mostListed)) {
        const now = isWaiting(record) ? await changes.settle(record.label) : record
        if (all || isWaiting(now)) shown.push(viewOf(now, await maySee(now, asker)))
      }
      const fitting = firstThatFit(shown)
      const waiting = [...records.all()].filter(isWaiting).length
      return {
        letters: fitting,
        more: Math.max(0, newest.length - mostListed) + shown.length - fitting.length,
        waiting,
      }
    },
    async letter({ letter }, asker) {
      const { records, changes } = await opened()
      const record = await changes.settle(known(records, letter).label)
      return { letter: await view(record, asker, changes), did: false }
    },
    async retry_letter({ letter }, asker) {
      const { changes } = await opened()
      return replied(await changes.retry(letter, asker, null), asker)
    },
    async edit_letter({ letter, changes: said }, asker) {
      const { records, changes } = await opened()
      const record = known(records, letter)
      // Who may not read it cannot put words into it either.
      if (!(await maySee(record, asker))) {
        throw refusal('not-yours', `What is in ${letter} is for those who are in that conversation.`)
      }
      if (!isWaiting(record)) return replied({ record, did: false }, asker)
      if (record.standing.state === 'retrying') throw refusal('retrying', `${letter} is being tried again right now.`)
      checkChanges(record.kind, said)
      // Further changes by the same hand go on from the first ones; another's begin anew.
      const before = record.edit?.by === asker.actor ? record.edit.changes : {}
      const { actor: by, tier, name } = asker
      return replied(await changes.retry(letter, asker, { by, tier, name, changes: { ...before, ...said } }), asker)
    },
    async drop_letter({ letter, reason }, asker) {
      const { changes } = await opened()
      return replied(await changes.drop(letter, asker, reason), asker)
    },
  }

  async function replied({ record, did }: Changed, asker: Asker): Promise<LetterReply> {
    return { letter: viewOf(record, await maySee(record, asker)), did }
  }

  async function view(record: LetterRecord, asker: Asker, changes: LetterChanges): Promise<LetterView> {
    if (!(await maySee(record, asker))) return viewOf(record, false)
    const letter = await changes.read(record)
    const task = record.task === null ? null : await book.byLabel(record.task)
    if (letter?.kind !== 'follow-up' || task === null) return viewOf(record, true, letter)
    // Of a private task the letter itself says no reason; the task does.
    const noted = task.followed.find(({ index, failed = false }) => index === letter.index && failed === letter.failed)
    const reason = record.reason || (noted?.reason ?? '')
    return viewOf({ ...record, reason }, true, letter, templateOf(task, letter) ?? null)
  }

  async function maySee(record: LetterRecord, { onlooker }: Asker): Promise<boolean> {
    const task = record.task === null ? null : await book.byLabel(record.task)
    return maySeeContent(record, onlooker, task, world)
  }

  function known(records: LetterBook, label: string): LetterRecord {
    const record = records.byLabel(label)
    if (record === null) throw refusal('unknown-letter', `There is no letter ${label}.`, { path: 'letter' })
    return record
  }
}
