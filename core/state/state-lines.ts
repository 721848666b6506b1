import { oneLine } from '../clean-text.ts'
import { listed, since, spanWords } from '../task/wording.ts'
import type { StateCounts } from './entry.ts'
import type { JobStatus, StateReport, StoreDigest } from './request.ts'

/** Characters of one reason or name. */
const longest = 300

/** How the organisation's memory stands: what is kept, what is not kept yet, and how the store behind is. A sentence each. */
export function stateLines({ file, counts, ledger_lag, behind }: StateReport, now: Date): string[] {
  return [
    `${oneLine(file, longest)} has ${countsWords(counts)}.`,
    ledgerLine(ledger_lag),
    ...(behind === null
      ? ['There is no Firestore behind it: all of it is on this machine alone.']
      : [behindLine(behind, now), ...behind.aside.map((why) => `Set aside: ${ended(oneLine(why, longest))}.`)]),
  ]
}

/** What came of a comparison, or how far it is: each store with its hash, and then what is not the same. */
export function comparisonLines(job: JobStatus): string[] {
  const { running, doing, error, stores, differences, different } = job
  if (running) return [`The comparison is under way: ${oneLine(doing, longest)}${progressWords(job)}.`]
  if (error !== null) return [`The comparison failed: ${ended(oneLine(error, longest))}.`]
  if (stores.length === 0) return ['Nothing was compared yet.']
  const more = different - differences.length
  return [
    ...stores.map(storeLine),
    different === 0 ? sameLine(job) : `${counted(different, 'difference')}${tookWords(job)}:`,
    ...differences.map((difference) => `  ${ended(oneLine(difference, longest))}`),
    ...(more > 0 && differences.length > 0 ? [`  and ${grouped(more)} more`] : []),
  ]
}

/** `5,000 tasks with 31,204 commits, 12 pieces of knowledge, 3 starts and 40 role days`. */
export function countsWords({ tasks, commits, knowledge, configuration, metrics }: StateCounts): string {
  return listed([
    `${counted(tasks, 'task')} with ${counted(commits, 'commit')}`,
    counted(knowledge, 'piece', ' of knowledge'),
    counted(configuration, 'start'),
    counted(metrics, 'role day'),
  ])
}

function ledgerLine(lag: number | null): string {
  if (lag === null) return 'How much of the ledger is not kept yet is not known.'
  if (lag === 0) return 'All of the ledger is kept.'
  return `${counted(lag, 'entry', ' of the ledger')} ${lag === 1 ? 'is' : 'are'} not kept yet.`
}

function behindLine({ title, connected, waiting, since: from, aside, trouble }: Behind, now: Date): string {
  const name = oneLine(title, longest)
  const waits = `${counted(waiting, 'change')} ${waiting === 1 ? 'waits' : 'wait'}${from === null ? '' : ` for ${since(from, now)}`}`
  // What else it says is about what waits or was set aside, and has a line of its own.
  if (!connected) return trouble === null ? `${name} is away; ${waits}.` : `${ended(oneLine(trouble, longest))}.`
  if (waiting > 0) return `${name} is behind: ${waits}.`
  return aside.length === 0 ? `${name} has all of it.` : `${name} has all of it but what was set aside.`
}

type Behind = NonNullable<StateReport['behind']>

function storeLine({ title, counts, sha256 }: StoreDigest): string {
  return `${oneLine(title, longest)} has ${countsWords(counts)}; hash ${sha256.slice(0, 12)}.`
}

function sameLine(job: JobStatus): string {
  const both = job.stores.length > 1 ? ['in both stores'] : []
  const places = [...both, ...(job.ledger === undefined ? [] : ['in the ledger'])]
  return `The same is ${listed(places) || 'there'}${tookWords(job)}.`
}

function progressWords({ done, total }: JobStatus): string {
  return total === 0 ? '' : `, ${grouped(done)} of ${grouped(total)}`
}

function tookWords({ took_ms }: JobStatus): string {
  return took_ms === null ? '' : ` (looked at in ${took_ms < 1_000 ? `${Math.round(took_ms)} ms` : spanWords(took_ms)})`
}

/** `1 task`, `5,000 tasks`, `2 entries of the ledger`. */
function counted(count: number, noun: string, more = ''): string {
  const plural = noun.endsWith('y') && !noun.endsWith('ay') ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${grouped(count)} ${count === 1 ? noun : plural}${more}`
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}

/** Without the full stop of a sentence, which goes on. */
function ended(words: string): string {
  return words.replace(/\.$/, '')
}
