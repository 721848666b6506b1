import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { shownAddress } from '../../core/knowledge/corpus-address.ts'
import { describeFile, documentId } from '../../core/knowledge/describe.ts'
import type { CorpusStatus } from '../../core/knowledge/request.ts'
import type { CorpusSettings } from '../../core/knowledge/settings.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CorpusFile, CorpusSource, TakenFile } from '../../ports/corpus-source.ts'
import type { DocumentReader } from '../../ports/document-reader.ts'
import type { Library } from '../../ports/knowledge-index.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { createBell } from './bell.ts'
import { createDueFiles } from './due.ts'
import { accessProblems, firstProblems, problemOf } from './problems.ts'
import { createSourceShelf } from './shelf.ts'
import { createPace, type Turns } from './turns.ts'

export interface SourceParts {
  settings: CorpusSettings
  source: CorpusSource
  library: Library
  reader: DocumentReader
  /** The rooms of the fleet. */
  rooms: ReadonlySet<string>
  turns: Turns
  clock: Clock
  log: Log
  metrics: Metrics
  changed(document: string): void
  signal: AbortSignal
}

/** One source of the corpus while it is kept. */
export interface KeptSource {
  status(): CorpusStatus
  /** Whether what is not in the library is not in the source either: all was read, or the source is gone. Quick. */
  isKnown(): boolean
  /** Reads all of it again, whatever looks unchanged; resolves when that is done. Rejects with `unavailable`, or `closed`. */
  reindex(): Promise<void>
  /** See `Indexer`. */
  stillThere(path: string): Promise<boolean>
  ended: Promise<void>
}

/** How long there is at least between two looks, and how much longer than a look takes. */
const pauseMs = 250
const restFactor = 2
/** After how long something is tried again that could not be done now. */
const retryMs = 5_000

/**
 * Keeps the library as the source is. Two things go on side by side: *looking* lists what is there and takes out at once what is gone;
 * *reading* takes in, one after the other, what is new or changed. So a deletion never waits for a long document that is being read.
 */
export function keepSource(parts: SourceParts): KeptSource {
  const { settings, source, library, reader, rooms, turns, clock, log, metrics, signal } = parts
  const { name, access } = settings
  const shelf = createSourceShelf(settings, library, parts.changed)
  const toLook = createBell()
  const toRead = createBell()
  /** Null before the first look, and while nothing is known. */
  let listed: ReadonlyMap<string, CorpusFile> | null = null
  let refused: { path: string; why: string }[] = []
  let failure: string | null = null
  let isGone = false
  let readAt: string | null = null
  /** Files for which there is no place, by the stamp for which that is known. */
  const refusedFiles = new Map<string, string>()
  const due = createDueFiles({
    needsReading,
    mayAnswer: (path) => shelf.entry(path) !== null,
    isBad: (path) => shelf.givenUp.has(path),
  })
  /** What is off with files. */
  const notes = new Map([...shelf.givenUp].map(([path, { why }]) => [path, [problemOf(path, why)]]))
  /** Who waits for everything to be read again: before the look that begins it, and after. */
  const asked: PromiseWithResolvers<void>[] = []
  let underWay: PromiseWithResolvers<void>[] = []
  const stopping = Promise.withResolvers<never>()
  stopping.promise.catch(() => {})

  return {
    status,
    isKnown: () => isGone || (failure === null && readAt !== null && due.size === 0),
    reindex() {
      const done = Promise.withResolvers<void>()
      if (signal.aborted) done.reject(closed(name))
      else asked.push(done)
      toLook.ring()
      return done.promise
    },
    async stillThere(path) {
      const entry = shelf.entry(path)
      if (entry === null) return false
      const stamp = await source.stamp(path)
      if (stamp !== null && entry.stamp === shelf.stamp(stamp)) return shelf.entry(path) === entry
      toLook.ring()
      return false
    },
    ended: run(),
  }

  async function run(): Promise<void> {
    signal.addEventListener('abort', () => stopping.reject(closed(name)), { once: true })
    source.watch(toLook.ring, signal)
    toLook.ring()
    await Promise.all([keepLooking(), keepReading()])
    for (const waiting of [...asked, ...underWay]) waiting.reject(closed(name))
  }

  async function keepLooking(): Promise<void> {
    await attempt(narrow)
    while (true) {
      await toLook.rung(signal)
      if (signal.aborted) return
      const start = clock.monotonic()
      await attempt(look)
      await rest(Math.max(pauseMs, restFactor * (clock.monotonic() - start)))
    }
  }

  async function keepReading(): Promise<void> {
    while (true) {
      await toRead.rung(signal)
      for (let item = due.first(); item !== undefined && !signal.aborted; item = due.first()) {
        const { file, again } = item
        await attempt(() => turns(() => read(file, again)))
        due.done(item)
      }
      if (signal.aborted) return
      finishIfDone()
    }
  }

  /** Whoever may no longer read the source may not go on until all is read again. */
  async function narrow(): Promise<void> {
    const pace = createPace(clock)
    for (const path of shelf.paths()) {
      const entry = shelf.entry(path)
      if (entry !== null && !shelf.isCurrent(entry)) shelf.narrow(path)
      await pace()
      if (signal.aborted) return
    }
  }

  async function look(): Promise<void> {
    const waiting = asked.splice(0)
    let found: Awaited<ReturnType<CorpusSource['list']>>
    try {
      found = await source.list({ fresh: waiting.length > 0 })
    } catch (error) {
      for (const { reject } of waiting) reject(error)
      // What is there no more is gone; of what cannot be looked at we know nothing, and `stillThere` holds it back.
      isGone = isBreakroomError(error) && error.detail.gone === true
      if (isGone) await take(new Map(), false)
      throw error
    }
    isGone = false
    failure = null
    refused = found.refused
    const files = found.files.filter(({ path }) => reader.reads(path))
    await take(new Map(files.map((file) => [file.path, file])), waiting.length > 0)
    underWay.push(...waiting)
    toRead.ring()
  }

  /** Takes note of what is there: what is gone goes at once. */
  async function take(files: ReadonlyMap<string, CorpusFile>, again: boolean): Promise<void> {
    listed = files
    const pace = createPace(clock)
    for (const path of [...shelf.paths(), ...shelf.givenUp.keys()]) {
      if (files.has(path)) continue
      shelf.remove(path)
      await pace()
      if (signal.aborted) return
    }
    for (const known of [refusedFiles, notes]) for (const path of known.keys()) if (!files.has(path)) known.delete(path)
    due.take(files, again)
  }

  function needsReading({ path, stamp }: CorpusFile): boolean {
    const known = shelf.entry(path) ?? shelf.givenUp.get(path)
    return refusedFiles.get(path) !== stamp && known?.stamp !== shelf.stamp(stamp)
  }

  async function read(file: CorpusFile, again: boolean): Promise<void> {
    const { path } = file
    let taken: TakenFile | null = null
    try {
      taken = await source.take(path)
      await takeIn(file, taken, again)
      refusedFiles.delete(path)
    } catch (error) {
      if (signal.aborted || isBreakroomError(error, 'closed')) return
      if (isBreakroomError(error, 'conflict')) toLook.ring()
      else if (isBreakroomError(error, 'unreadable') || isBreakroomError(error, 'refused')) giveUp(file, taken, error)
      else {
        notes.set(path, [problemOf(path, `it cannot be read now: ${sentenceOf(error)}`)])
        throw error
      }
    } finally {
      await taken?.release()
    }
  }

  async function takeIn(file: CorpusFile, taken: TakenFile, again: boolean): Promise<void> {
    const { path, date, author } = file
    const entry = shelf.entry(path)
    const isSame = !again && entry !== null && shelf.isCurrent(entry) && entry.facts.hash === taken.hash
    if (isSame && date === null && author === null) return shelf.describe(path, entry.facts, taken.stamp)
    const parsed = await Promise.race([reader.read(taken.file), stopping.promise])
    // It may have been deleted while it was read.
    if (listed?.has(path) !== true) return
    const facts = describeFile({ source: name, path, access, date, author, hash: taken.hash }, parsed)
    if (isSame) shelf.describe(path, facts, taken.stamp)
    else shelf.put(path, facts, taken.stamp, parsed.sections)
    notes.delete(path)
    if (parsed.warnings.length > 0)
      notes.set(
        path,
        parsed.warnings.slice(0, 5).map((what) => problemOf(path, what)),
      )
  }

  /**
   * A version that cannot be read stops the one before it from answering: who may read it stands in it, so nobody can tell, and what
   * is no longer in the file is no longer what the source says.
   */
  function giveUp({ path, stamp }: CorpusFile, taken: TakenFile | null, error: BreakroomError): void {
    const why = typeof error.detail.why === 'string' ? error.detail.why : sentenceOf(error)
    if (error.code === 'unreadable') shelf.giveUp(path, taken?.stamp ?? stamp, why)
    else {
      shelf.remove(path)
      refusedFiles.set(path, taken?.stamp ?? stamp)
    }
    notes.set(path, [problemOf(path, why)])
    log.warn({ document: documentId(name, path), reason: error.detail.reason ?? null }, 'a document cannot be read')
  }

  function finishIfDone(): void {
    if (due.size > 0 || listed === null || failure !== null) return
    readAt = clock.now().toISOString()
    const { documents, problems, more_problems } = status()
    metrics.gauge('breakroom_corpus_documents', documents, { what: name })
    metrics.gauge('breakroom_corpus_problems', problems.length + more_problems, { what: name })
    for (const { resolve } of underWay) resolve()
    underWay = []
  }

  /** Does it; true when it went well. What did not is said, and tried again after a while. */
  async function attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      if (signal.aborted || isBreakroomError(error, 'closed')) return true
      failure = sentenceOf(error)
      log.warn({ corpus: name, cause: failure }, 'a corpus cannot be read now')
      againSoon()
      return false
    }
  }

  function againSoon(): void {
    void rest(retryMs).then(toLook.ring)
  }

  async function rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal, ref: false }).catch(() => {})
  }

  function status(): CorpusStatus {
    const total = listed?.size ?? 0
    const isEmpty = listed !== null && total === 0 && failure === null
    const problems = [
      ...(failure === null ? [] : [failure]),
      ...source.troubles(),
      ...(isEmpty ? ['there is no file in it that can be read: Markdown, HTML, text, PDF, Word'] : []),
      ...refused.map(({ path, why }) => problemOf(path, why)),
      ...[...notes.values()].flat(),
      ...accessProblems(shelf.facts(), name, rooms),
    ]
    return {
      name,
      from: 'folder' in settings ? settings.folder : shownAddress(settings.git),
      state: failure !== null ? 'failed' : readAt === null || due.size > 0 ? 'reading' : 'ready',
      documents: shelf.documents,
      sections: shelf.sections,
      done: total - due.size,
      total,
      read_at: readAt,
      ...firstProblems(problems),
    }
  }
}

function closed(name: string): BreakroomError {
  return new BreakroomError('closed', `The corpus ${name} is no longer read: the part is stopping.`)
}
