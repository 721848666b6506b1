import type { z } from 'zod'
import { BreakroomError } from '../../core/errors.ts'
import type { StateCounts, StateEntry } from '../../core/state/entry.ts'
import type { importBeginSchema } from '../../core/state/request.ts'
import { createStateDigest } from '../../core/state/state-digest.ts'
import type { StateBatch, StateFile } from '../../ports/state-file.ts'
import { type RecordOf, type RecordSection, recordSections } from '../../ports/store.ts'
import { changesOf } from './changes-of.ts'
import { commandOf, type ImportNote, importUnderWay, noteImport } from './import-note.ts'
import type { JobOutcome, JobProgress } from './jobs.ts'
import { type MakeKnownParts, makeKnown } from './make-known.ts'
import { isSame, markOf } from './same.ts'

type Announcement = z.infer<typeof importBeginSchema>

/** The way of a file into a fleet: announced, brought in pages, and then made the fleet's own. */
export interface FileImport {
  /** Throws `refused` where it must not come in. The same announcement again goes on with it. */
  announce(announcement: Announcement): Promise<void>
  /** Keeps some of it; what is there already stays. */
  bring(entries: readonly StateEntry[]): Promise<void>
  /** Sees that all of it is there, and gives it to those who work with it. */
  finish(progress: JobProgress): Promise<JobOutcome>
}

interface Brought {
  announcement: Announcement
  digest: ReturnType<typeof createStateDigest>
  /** By what it is called: its mark, and its revision. */
  entries: Map<string, { mark: string; revision: number }>
}

/**
 * What is half done is noted in the file, so that only the very same import can go on with it; whoever does brings all of it again, which changes
 * nothing that is there.
 */
export function createFileImport(parts: MakeKnownParts & { org: string; lag: () => number | null }): FileImport {
  const { file, org, lag } = parts
  let brought: Brought | null = null

  return {
    async announce(announcement) {
      if (announcement.org !== org) {
        throw refused('another', `This is the memory of "${announcement.org}", and this fleet is "${org}".`)
      }
      const half = await importUnderWay(file)
      if (!isOf(announcement, half)) {
        // What is not read yet would be tasks of its own, too.
        if (lag() !== 0)
          throw new BreakroomError('unavailable', 'The ledger is still being read; try again in a moment.')
        const { tasks } = await file.counts()
        if (half !== null && tasks > 0) throw refused('half', `Another import is half done here: ${commandOf(half)}.`)
        if (tasks > 0) throw refused('tasks', ownTasks(tasks))
      }
      if (brought === null || !isSame(brought.announcement, announcement)) {
        brought = { announcement, digest: createStateDigest(), entries: new Map() }
      }
    },
    async bring(entries) {
      const into = brought
      if (into === null) throw refused('unannounced', 'No import was begun.')
      const { counts, sha256 } = into.announcement
      const batch = await batchOf(file, entries)
      // Not before: what was only announced leaves nothing half done.
      if (!isOf(into.announcement, await importUnderWay(file))) {
        await noteImport(file, { from: 'file', counts, sha256, whole: false })
      }
      await file.keep(batch)
      for (const entry of entries) note(into, entry)
    },
    async finish(progress) {
      const into = brought
      if (into === null) throw refused('unannounced', 'No import was begun.')
      const { announcement, digest, entries } = into
      const { counts, sha256 } = digest.result()
      if (sha256 !== announcement.sha256 || !isSame(counts, announcement.counts)) {
        throw refused('incomplete', `Not all of it was brought: ${missing(counts, announcement.counts)}.`)
      }
      progress.doing('looking at what is kept')
      await seeKept(file, entries, progress)
      await noteImport(file, { from: 'file', counts, sha256, whole: true })
      await makeKnown(parts, progress)
      await noteImport(file, null)
      brought = null
      return { counts, sha256 }
    },
  }
}

/** Whether it is this one that is half done. */
function isOf({ counts, sha256 }: Announcement, half: ImportNote | null): boolean {
  return half?.from === 'file' && half.sha256 === sha256 && isSame(half.counts, counts)
}

/** Entries as they are kept: commits with their tasks, records by their sections. */
async function batchOf(file: StateFile, entries: readonly StateEntry[]): Promise<StateBatch> {
  const commits = entries.flatMap((entry) => (entry.section === 'commits' ? [entry] : []))
  const of = <S extends RecordSection>(section: S) =>
    entries.flatMap((entry) => (entry.section === section ? [entry.record as RecordOf[S]] : []))
  return {
    tasks: await changesOf(
      file.store,
      commits.map(({ place, commit }) => ({ place, commit })),
    ),
    records: { knowledge: of('knowledge'), configuration: of('configuration'), metrics: of('metrics') },
  }
}

function note({ digest, entries }: Brought, entry: StateEntry): void {
  const [name, mark] = [nameOf(entry), markOf(entry)]
  const known = entries.get(name)
  if (known === undefined) digest.add(entry)
  else if (known.mark !== mark) throw refused('twice', `It has two that are not the same: ${name}.`)
  entries.set(name, { mark, revision: entry.section === 'commits' ? 0 : entry.record.revision })
}

/** Throws when something of what was brought is not kept as it came. A record may have a later revision by now. */
async function seeKept(file: StateFile, entries: Brought['entries'], progress: JobProgress): Promise<void> {
  let found = 0
  const see = (entry: StateEntry) => {
    const came = entries.get(nameOf(entry))
    if (came === undefined) return
    const isLater = entry.section !== 'commits' && entry.record.revision > came.revision
    if (!isLater && came.mark !== markOf(entry)) throw notKept(nameOf(entry))
    found += 1
    progress.reach(found, entries.size)
  }
  for await (const { place, commit } of file.store.history(0)) see({ section: 'commits', place, commit })
  for (const section of recordSections) {
    for await (const record of file.store[section].all()) see({ section, record } as StateEntry)
  }
  if (found < entries.size) throw notKept(`${entries.size - found} of ${entries.size}`)
}

function nameOf(entry: StateEntry): string {
  if (entry.section !== 'commits') return `${entry.section} ${entry.record.id}`
  return `commit ${entry.commit.version} of ${entry.commit.key}`
}

/** `12 of 14 commits`. */
function missing(came: StateCounts, announced: StateCounts): string {
  const sections = (['tasks', 'commits', 'knowledge', 'configuration', 'metrics'] as const).filter(
    (section) => came[section] !== announced[section],
  )
  if (sections.length === 0) return 'it has as many entries as was said, and they are not the same'
  return sections.map((section) => `${came[section]} of ${announced[section]} ${section}`).join(', ')
}

/** `This fleet has 12 tasks of its own; an import is for a new one.` */
function ownTasks(tasks: number): string {
  return `This fleet has ${tasks} task${tasks === 1 ? '' : 's'} of its own; an import is for a new one.`
}

function notKept(what: string): BreakroomError {
  return refused('not-kept', `Something else is kept here than what was brought: ${what}.`)
}

function refused(rule: string, message: string): BreakroomError {
  return new BreakroomError('refused', message, { detail: { rule } })
}
