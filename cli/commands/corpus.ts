import { existsSync, statSync } from 'node:fs'
import { basename, relative, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { closest } from '../../core/closest.ts'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import { type CorpusReply, type CorpusStatus, corpusReplySchema } from '../../core/knowledge/request.ts'
import type { CorpusSettings } from '../../core/knowledge/settings.ts'
import { withKnowledge } from '../ask-knowledge.ts'
import { counted } from '../counted.ts'
import { editFleetFile } from '../edit-fleet-file.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import type { Progress } from '../progress.ts'
import { readReady } from '../ready-file.ts'
import type { Settings } from '../settings.ts'

const lookEveryMs = 200
/** A fleet that runs takes a changed file up within a few seconds. */
const takenUpWithinMs = 20_000
const mostProblems = 20

export interface CorpusOptions {
  name?: string
  access?: string[]
  only?: string[]
  branch?: string
}

/** `breakroom corpus status`: what is read, from where, and what was skipped and why. */
export async function corpusStatus(settings: Settings, output: Output): Promise<void> {
  const reply = corpusReplySchema.parse(await withKnowledge(settings, (ask) => ask('corpus', {})))
  output.result(statusText(reply), reply)
}

/**
 * `breakroom corpus add <folder or git address>`: writes it into breakroom.yaml; a fleet that runs then reads it, which is watched until
 * it is done. Throws `usage` for what is neither, `config_invalid` with the file untouched when a fleet would not start with it.
 */
export async function corpusAdd(
  settings: Settings,
  output: Output,
  progress: Progress,
  { from, options }: { from: string | undefined; options: CorpusOptions },
): Promise<number> {
  if (from === undefined) {
    throw new BreakroomError('usage', 'corpus add takes a folder or a git address: breakroom corpus add ../handbook')
  }
  const { fleet, roles } = loadFleet(settings.folder)
  const place = placeOf(settings.folder, from)
  const known = fleet.knowledge.corpus.find((its) => sameAs(its, place))
  if (known !== undefined) throw new BreakroomError('usage', `That is the corpus "${known.name}" already.`)
  const { access, only, branch } = options
  const taken = fleet.knowledge.corpus.map(({ name }) => name)
  const name = options.name ?? freeName(from, taken)
  const corpus = { name, ...place, ...(only && { only }), ...(access && { access }), ...(branch && { branch }) }
  const path = ['knowledge', 'corpus', fleet.knowledge.corpus.length]
  editFleetFile(
    settings.folder,
    [{ path, value: corpus }],
    roles.map((role) => role.name),
  )
  output.talk(`${name} stands in breakroom.yaml now.`)
  return watchUntilRead(settings, output, progress, name)
}

/** `breakroom corpus remove <name>`: takes it out of breakroom.yaml; a fleet that runs stops answering from it. */
export function corpusRemove(settings: Settings, output: Output, name: string | undefined): void {
  const { fleet, roles } = loadFleet(settings.folder)
  const names = fleet.knowledge.corpus.map((its) => its.name)
  const index = names.indexOf(name ?? '')
  if (index === -1)
    throw new BreakroomError('usage', `corpus remove takes the name of a corpus. ${whichOf(name, names)}`)
  editFleetFile(
    settings.folder,
    [{ remove: ['knowledge', 'corpus', index] }],
    roles.map((role) => role.name),
  )
  const after = readReady(settings.home) === null ? '' : ' The fleet stops answering from it as it takes the file up.'
  output.result(`${name} is out of breakroom.yaml; its files are as they were.${after}`, { removed: name })
}

/** `breakroom corpus reindex [name]`: has everything read again, whatever looks unchanged, and shows how far that is. */
export async function corpusReindex(
  settings: Settings,
  output: Output,
  progress: Progress,
  name: string | undefined,
): Promise<number> {
  await withKnowledge(settings, (ask) => ask('reindex', { source: name ?? null }))
  return watchUntilRead(settings, output, progress, name ?? null)
}

async function watchUntilRead(
  settings: Settings,
  output: Output,
  progress: Progress,
  name: string | null,
): Promise<number> {
  if (readReady(settings.home) === null) {
    output.result('No fleet runs here; it is read when one starts: npm start.', { name, read: false })
    return exitCodes.ok
  }
  const began = performance.now()
  try {
    for (;;) {
      const reply = await statusNow(settings)
      const sources = reply?.sources.filter((source) => name === null || source.name === name) ?? []
      const [done, total] = [sumOf(sources, 'done'), sumOf(sources, 'total')]
      progress.show(done, total)
      const isThere = sources.length > 0
      if (reply !== null && isThere && sources.every(({ state }) => state !== 'reading')) {
        progress.end()
        output.result(statusText({ ...reply, sources }), { ...reply, sources })
        return sources.some(({ state }) => state === 'failed') ? exitCodes.failure : exitCodes.ok
      }
      if (!isThere && performance.now() - began > takenUpWithinMs) {
        throw new BreakroomError('unavailable', 'The fleet has not taken it up. See "breakroom doctor".')
      }
      await pause(lookEveryMs)
    }
  } finally {
    progress.end()
  }
}

/** Null while the fleet takes a changed configuration up and nobody answers. */
async function statusNow(settings: Settings): Promise<CorpusReply | null> {
  try {
    return corpusReplySchema.parse(await withKnowledge(settings, (ask) => ask('corpus', {})))
  } catch (error) {
    if (isBreakroomError(error, 'unavailable')) return null
    throw error
  }
}

function statusText({ sources, open_questions }: CorpusReply): string {
  if (sources.length === 0)
    return 'There is no corpus yet. To read one: npx breakroom corpus add <folder or git address>'
  const open = open_questions === 0 ? [] : [`${counted(open_questions, 'question')} nobody could answer yet`]
  return [...sources.flatMap(sourceLines), ...open].join('\n')
}

function sourceLines(source: CorpusStatus): string[] {
  const { name, from, state, documents, sections, done, total, problems, more_problems } = source
  const how =
    state === 'reading' ? `reading, ${done} of ${total} files` : state === 'failed' ? 'cannot be read' : 'read'
  const shown = problems.slice(0, mostProblems)
  const more = more_problems + problems.length - shown.length
  return [
    `${name}  ${from}  ${how}; ${counted(documents, 'document')}, ${counted(sections, 'section')}`,
    ...shown.map((problem) => `  ${problem}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

function sumOf(sources: readonly CorpusStatus[], key: 'done' | 'total'): number {
  return sources.reduce((sum, source) => sum + source[key], 0)
}

/** What is written into the file: a folder as it is seen from there, or an address as it was given. */
function placeOf(folder: string, from: string): { folder: string } | { git: string } {
  const path = resolve(from)
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  if (isFolder) return { folder: relative(folder, path) || '.' }
  if (/^(?:https:\/\/|ssh:\/\/|file:\/\/|git@)/.test(from)) return { git: from }
  throw new BreakroomError(
    'usage',
    `"${from}" is neither a folder nor a git address (https://..., ssh://..., git@...).`,
  )
}

function sameAs(one: CorpusSettings, other: { folder: string } | { git: string }): boolean {
  if ('folder' in one) return 'folder' in other && resolve(one.folder) === resolve(other.folder)
  return 'git' in other && one.git === other.git
}

/** A name for it, from the last part of where it is; numbered when that is taken. */
function freeName(from: string, taken: readonly string[]): string {
  const last = basename(resolve(from.replace(/\.git\/?$/, '')))
  const plain = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 28)
  const name = plain === '' || plain === 'record' || plain === 'learned' ? 'corpus' : plain
  for (let number = 1; ; number++) {
    const wanted = number === 1 ? name : `${name}-${number}`
    if (!taken.includes(wanted)) return wanted
  }
}

function whichOf(name: string | undefined, names: string[]): string {
  if (names.length === 0) return 'There is none in breakroom.yaml.'
  const near = name === undefined ? null : closest(name, names)
  return near === null ? `There is ${names.join(', ')}.` : `Did you mean ${near}?`
}
