import { oneLine } from '../../core/clean-text.ts'
import { BreakroomError } from '../../core/errors.ts'
import { stateEntrySchema } from '../../core/state/entry.ts'
import { fitTask } from '../../core/state/fit-task.ts'
import type { Sleep } from '../../ports/sleep.ts'
import type { StateFile } from '../../ports/state-file.ts'
import {
  type OwnedStore,
  type PlacedCommit,
  type RecordOf,
  type RecordSection,
  type RecordSet,
  recordSections,
} from '../../ports/store.ts'
import { changesOf } from './changes-of.ts'
import { importUnderWay, noteImport } from './import-note.ts'
import type { JobOutcome, JobProgress } from './jobs.ts'
import { type MakeKnownParts, makeKnown } from './make-known.ts'
import { nameOf } from './side.ts'

const commitsAtOnce = 500
const recordsAtOnce = 50

/**
 * Takes over the store behind: reads all of it into the file, makes it this fleet's, and gives it to those who work with it. What the file has and
 * the store has not is still owed to it. Meanwhile nothing is written there. Begun again after a kill it goes on.
 */
export async function importFromStore(
  parts: MakeKnownParts & { store: OwnedStore; pause: () => () => void; handoverMs: number; sleep: Sleep },
  progress: JobProgress,
): Promise<JobOutcome> {
  const { file, store } = parts
  progress.doing('looking at who has it')
  const read = stepper(progress)
  const resume = parts.pause()
  try {
    const owner = await store.owner()
    const before = await importUnderWay(file)
    const isCutShort = before?.from === 'firestore'
    await refuseOwnTasks(file, store)
    const { commits } = await file.counts()
    await noteImport(file, { from: 'firestore', whole: false })
    progress.doing(`reading ${nameOf(store)}`)
    const last = await takeBehind(0).catch(async (error) => {
      // A fleet that has all of its tasks is not half done for having looked.
      if ((await file.counts()).commits === commits) await noteImport(file, before)
      throw error
    })
    if (owner !== file.fleet) await store.own(file.fleet, owner)
    if (owner !== null && (owner !== file.fleet || isCutShort)) {
      progress.doing('waiting until the fleet before has seen it')
      await parts.sleep(parts.handoverMs, parts.signal)
      // What that wrote while this was read. Nothing comes after it.
      await takeBehind(last)
    }
  } finally {
    resume()
  }
  await noteImport(file, { from: 'firestore', whole: true })
  await makeKnown(parts, progress)
  await noteImport(file, null)
  return { counts: await file.counts() }

  /** Resolves with the place of the newest commit. */
  async function takeBehind(place: number): Promise<number> {
    const last = await takeCommits(file, store, place, read)
    for (const section of recordSections) await takeRecords(section, file, store, read)
    return last
  }
}

/** Tasks of the file that the store has too are those of an import that was cut short, or were written there by this fleet. */
async function refuseOwnTasks(file: StateFile, store: OwnedStore): Promise<void> {
  for await (const { key, label } of file.store.tasks()) {
    if ((await store.task(key)) !== null) continue
    const { tasks } = await file.counts()
    const has = `This fleet has ${tasks} task${tasks === 1 ? '' : 's'}, and ${label} is not in ${store.title}`
    throw new BreakroomError('refused', `${has}; an import is for a new one.`, { detail: { rule: 'tasks' } })
  }
}

/** Resolves with the place of the newest, `after` when there is none. */
async function takeCommits(
  file: StateFile,
  store: OwnedStore,
  after: number,
  read: (count: number) => void,
): Promise<number> {
  let place = after
  let batch: PlacedCommit[] = []
  for await (const placed of store.history(after)) {
    const { key, version } = placed.commit
    refuseForeign(store, { section: 'commits', ...placed }, `commit ${version} of ${key}`)
    batch.push(placed)
    place = placed.place
    if (batch.length >= commitsAtOnce) await take()
  }
  await take()
  return place

  async function take(): Promise<void> {
    const tasks = await changesOf(file.store, batch)
    await file.keep({ tasks })
    await file.pending.sent({ tasks: tasks.map(({ task, commits }) => ({ task: fitTask(task), commits })) })
    read(batch.length)
    batch = []
  }
}

async function takeRecords<S extends RecordSection>(
  section: S,
  file: StateFile,
  store: OwnedStore,
  read: (count: number) => void,
): Promise<void> {
  let batch: RecordOf[S][] = []
  for await (const record of (store[section] as unknown as RecordSet<RecordOf[S]>).all()) {
    refuseForeign(store, { section, record }, `${section} ${record.id}`)
    batch.push(record)
    if (batch.length >= recordsAtOnce) await take()
  }
  await take()

  async function take(): Promise<void> {
    const records = { [section]: batch }
    await file.keep({ records })
    await file.pending.sent({ records })
    read(batch.length)
    batch = []
  }
}

/** Whoever may write there may have done so by hand, and what is taken over is believed by everybody. */
function refuseForeign(store: OwnedStore, entry: unknown, what: string): void {
  const { error } = stateEntrySchema.safeParse(entry)
  if (error === undefined) return
  const issue = error.issues[0]
  const why = oneLine(`${issue?.path.join('.')}: ${issue?.message}`, 300)
  throw new BreakroomError(
    'unreadable',
    `${nameOf(store)} has something that is not of us: ${oneLine(what, 300)} (${why}).`,
  )
}

/** Nobody knows how much there is. */
function stepper(progress: JobProgress): (count: number) => void {
  let done = 0
  return (count) => {
    done += count
    progress.reach(done, 0)
  }
}
