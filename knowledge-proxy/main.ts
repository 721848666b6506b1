import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createCorpusFolder } from '../adapters/disk/corpus-folder.ts'
import { createDocumentReader } from '../adapters/documents/document-reader.ts'
import { createCorpusRepository } from '../adapters/git/corpus-repository.ts'
import { whenUp } from '../adapters/nats/when-up.ts'
import { connectPart } from '../adapters/process/connect-part.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import { openKnowledgeFile } from '../adapters/sqlite/knowledge/file.ts'
import { learningLogIn } from '../adapters/sqlite/knowledge/learning-log.ts'
import { libraryIn } from '../adapters/sqlite/knowledge/library.ts'
import { questionLogIn } from '../adapters/sqlite/knowledge/question-log.ts'
import { asChatLine } from '../core/envelope.ts'
import { sentenceOf } from '../core/errors.ts'
import { houseLine, subjectOfLine } from '../core/house-line.ts'
import { parseFitted } from '../core/knowledge/fitted.ts'
import type { CorpusSettings } from '../core/knowledge/settings.ts'
import { shownName } from '../core/person.ts'
import { answersQuestions } from '../core/role.ts'
import { roleLimit } from '../core/role-limit.ts'
import { desk } from '../core/route.ts'
import { orgSubjects, subjectToken } from '../core/subject.ts'
import type { Recorded } from '../ports/bus.ts'
import type { CorpusSource } from '../ports/corpus-source.ts'
import type { RunningPart } from '../ports/part.ts'
import { createAsk } from './ask.ts'
import { createFirstPass } from './corpus/first-pass.ts'
import { firstReading } from './corpus/first-reading.ts'
import { createIndexer } from './corpus/indexer.ts'
import { corpusTroubles } from './corpus/problems.ts'
import { keepRecord } from './corpus/record.ts'
import { serveKnowledge } from './door.ts'
import { followRecord } from './follow-record.ts'
import { createHandlers } from './handlers.ts'
import { createLearning } from './learning/learning.ts'
import type { Words } from './learning/parts.ts'
import { stateEndpoints } from './learning/state-endpoints.ts'
import { tellUntilDone } from './learning/telling.ts'
import { startAssistant } from './models/main.ts'
import { tellUsage } from './models/usage.ts'
import { createPresentFinder } from './present.ts'
import { createTaskOf } from './task-of.ts'

const fittedFile = new URL('./fitted/fitted.json', import.meta.url)
const digestEveryMs = 60_000
const lookEveryMs = 500

/** The knowledge proxy: reads the corpus, answers questions, and learns from the people who are asked instead. */
export async function startKnowledge(context: PartContext): Promise<RunningPart> {
  const { fleet, roles, clock, log, metrics } = context
  const subjects = orgSubjects(fleet.org)
  const ending = new AbortController()
  const { signal } = ending
  const { bus, keyed } = connectPart(context, 'knowledge')
  const cursors = keyed<number>('cursors')
  const file = openKnowledgeFile({ file: join(context.knowledgeFolder, 'knowledge.sqlite'), clock, log })
  const library = libraryIn(file, new Set(Object.keys(fleet.rooms)))
  const questions = questionLogIn(file)
  const reader = createDocumentReader()
  const fitted = parseFitted(JSON.parse(readFileSync(fittedFile, 'utf8')), 'knowledge-proxy/fitted/fitted.json')
  const troublesNow = new Map<string, string>()
  const learned = learningLogIn(file)
  const learning = createLearning({
    questions,
    learning: learned,
    library,
    fleet,
    directory: roles.map(({ name, nick }) => ({ role: name, nick })),
    say,
    clock,
    log,
  })
  const changed = tellUntilDone(learning.documentChanged, { log, signal })
  const sources = fleet.knowledge.corpus.map((settings) => ({ settings, source: sourceOf(settings) }))
  const indexer = createIndexer({
    sources,
    library,
    reader,
    rooms: new Set(Object.keys(fleet.rooms)),
    clock,
    log,
    metrics,
    changed,
    signal,
  })
  const record = keepRecord({
    bus,
    cursors,
    library,
    taskOf: createTaskOf(bus, subjects),
    nameOf: (actor) => shownName(actor, fleet.people),
    clock,
    log,
    metrics,
    changed,
    signal,
  })
  const finder = createPresentFinder({
    index: library,
    fitted,
    factsOf: (document) => library.entry(document)?.facts ?? null,
    stillThere,
    restsOn: learning.restsOn,
  })
  const usage = tellUsage({ ...context, role: roles.find(answersQuestions)?.name ?? desk, bus })
  const assistant = startAssistant(context, file, library, usage.used)
  const ask = createAsk({
    log: questions,
    finder,
    reading: firstReading(indexer),
    assistance: assistant,
    learning,
    staleAfterDays: fleet.knowledge.stale_after_days,
    clock,
    metrics,
  })
  const pass = createFirstPass({
    indexer,
    sources: sources.map(({ settings }) => settings.name),
    corpusRead: learning.corpusRead,
    log,
  })
  const firstPass = setInterval(() => {
    if (pass()) clearInterval(firstPass)
  }, lookEveryMs)
  const digest = setInterval(() => void sayDigest(), digestEveryMs)
  const following = [
    ...(assistant === null ? [] : [assistant.embedMissing(signal)]),
    follow('knowledge:heard', ['events.*.chat.*'], async ({ envelope }) => {
      const line = envelope instanceof Error ? null : asChatLine(envelope)
      if (line !== null) await learning.heard(line)
    }),
  ]
  void serveKnowledge({
    bus,
    subjects,
    handlers: createHandlers({ ask, learning, indexer, record, questions }),
    limits: new Map(roles.map((role) => [role.name, roleLimit(role)])),
    more: {
      ...stateEndpoints({ subjects, learning: learned, relearn: learning.relearn, record }),
      status: {
        subject: subjects.service('knowledge', 'status'),
        handler: async () => ({ part: 'knowledge', troubles: troubles() }),
      },
    },
    metrics,
    signal,
    fleet,
    roleOfToken: new Map(roles.map(({ name }) => [subjectToken(name), name])),
    seats: new Set(roles.filter(answersQuestions).map(({ name }) => name)),
    roomsOfRoles: new Map(roles.map(({ name, rooms }) => [name, rooms])),
  })

  return {
    name: 'knowledge',
    ready: (timeoutMs) => whenUp(bus, context.natsUrl, timeoutMs),
    troubles,
    async stop() {
      ending.abort()
      clearInterval(digest)
      clearInterval(firstPass)
      await Promise.allSettled([...following, indexer.ended, record.ended])
      await reader.close()
      await usage.close()
      await bus.close()
      file.close()
    },
  }

  async function stillThere(document: string): Promise<boolean> {
    const kind = library.entry(document)?.facts.kind
    return kind === 'file' ? indexer.stillThere(document) : kind !== undefined
  }

  function sourceOf(settings: CorpusSettings): CorpusSource {
    const folder = join(context.knowledgeFolder, 'corpora', settings.name)
    if ('folder' in settings) {
      const { folder: its, only } = settings
      return createCorpusFolder({ folder: resolve(context.folder, its), only, scratch: join(folder, 'reading') })
    }
    const { git, branch, only } = settings
    return createCorpusRepository({
      address: git,
      base: context.folder,
      branch,
      only,
      reads: reader.reads,
      cache: folder,
      hostEnvironment: context.programEnvironment,
      signal,
    })
  }

  /** A line of the house; the same id is the same line, however often it is said. */
  async function say({ id, room, text, trace, thread, answers, actions }: Words): Promise<void> {
    const line = houseLine({ id, source: 'knowledge-proxy', at: clock.now(), room: { ...room }, text })
    const data = {
      ...line.data,
      ...(thread === undefined ? {} : { thread }),
      ...(answers === undefined ? {} : { in_reply_to: answers }),
      ...(actions === undefined ? {} : { actions }),
    }
    await bus.publish(subjectOfLine(subjects, line), { ...line, trace, data })
  }

  async function follow(name: string, filters: string[], handle: (entry: Recorded) => Promise<void>): Promise<void> {
    try {
      await followRecord({ name, filters, bus, cursors, handle, log, signal })
    } catch (error) {
      troublesNow.set(name, `the knowledge proxy no longer reads the record: ${sentenceOf(error)}`)
      log.error({ reader: name, cause: sentenceOf(error) }, 'knowledge: a reader of the record ended')
    }
  }

  async function sayDigest(): Promise<void> {
    try {
      await learning.digest()
      troublesNow.delete('digest')
    } catch (error) {
      troublesNow.set('digest', `the week's open questions could not be listed: ${sentenceOf(error)}`)
    }
  }

  function troubles(): string[] {
    const damage = file.trouble()
    const failed = new Set(indexer.status().flatMap(({ name, state }) => (state === 'failed' ? name : [])))
    return [
      ...(bus.connected ? [] : ['the bus is away']),
      ...(damage === null ? [] : [damage]),
      ...corpusTroubles(
        sources.map(({ settings, source }) => ({
          settings,
          failed: failed.has(settings.name),
          troubles: source.troubles(),
        })),
      ),
      ...(assistant?.troubles() ?? []),
      ...troublesNow.values(),
    ]
  }
}
