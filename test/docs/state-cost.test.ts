import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { firestoreLayout } from '../../adapters/firestore/layout.ts'
import { stateSettingsSchema } from '../../core/state/settings.ts'
import { system } from '../../core/task/world.ts'
import { cloneFolder } from '../support/process.ts'
import { approve, asked, plan, ran, ring, type Story, seat, staged, start, submit } from '../support/task-story.ts'

const page = readFileSync(join(cloneFolder, 'docs/state.md'), 'utf8')
const prose = page.replaceAll(/\s+/g, ' ')

const indexFile = JSON.parse(readFileSync(join(cloneFolder, 'deploy/firestore.indexes.json'), 'utf8')) as {
  indexes: { collectionGroup: string; fields: { fieldPath: string }[] }[]
  fieldOverrides: { collectionGroup: string; fieldPath: string }[]
}

/** What Firestore gives away each day. */
const free = { writes: 20_000, reads: 50_000, bytes: 2 ** 30 }
/** US dollars for 100,000, in the dearer locations that the page names. */
const price = { writes: 0.18, reads: 0.06 }

/** A seat takes a task up in three commands: it asks for one, begins, and hands in. */
const atWork = (role: string, epoch: number, handIn: typeof submit | typeof plan) =>
  [
    [ring(`${role}-${epoch}`), seat(role)],
    [start, seat(role, epoch)],
    [handIn, seat(role, epoch)],
  ] as const

/** Tasks from their creation to their end, as seats with programs do them. */
const stories: Record<string, Story> = {
  'plain: one check': asked().and(...atWork('cto', 1, submit), [ran(), system]),
  'with a plan, a check, a try and a review': staged().and(
    ...atWork('ceo', 1, plan),
    ...atWork('cto', 2, submit),
    [ran({ epoch: 2 }), system],
    [approve, seat('fullstack')],
    [approve, seat('cso')],
  ),
}
const [plain, whole] = Object.values(stories).map(({ commits }) => commits.length) as [number, number]

/** Each commit is a document of its own, and the task's is written with it: at most as often, at least once. */
const mostWrites = (commits: number) => 2 * commits
const fewestWrites = (commits: number) => commits + 1

/** The example of the page. */
const day = { roles: 12, plain: 180, whole: 60, kept: 50, starts: 10 }
const minutes = 24 * 60
const metricsMinutes = stateSettingsSchema.parse({}).metrics_minutes

const figures = day.roles * (minutes / metricsMinutes)

/** What a day writes and reads. A record is read before it is written, knowledge in two places, a task when it is met anew. Whose the database is is believed for fifteen seconds while something is written. */
const ofDay: Record<string, [writes: number, reads: number]> = {
  '180 plain tasks': [day.plain * mostWrites(plain), 0],
  '60 tasks with a plan, a try and a review': [day.whole * mostWrites(whole), 0],
  '50 decisions, patterns and accepted answers': [day.kept, 2 * day.kept],
  '10 starts, or changes of the configuration': [day.starts, day.starts],
  '50 tasks in hand at each of these starts': [0, 50 * day.starts],
  'figures of 12 roles, every ten minutes': [figures, figures],
  'whose database it is, looked at four times a minute': [0, 4 * minutes],
}
const [writes, reads] = Object.values(ofDay).reduce(([w, r], [moreW, moreR]) => [w + moreW, r + moreR], [0, 0])

test('the tasks that are counted are done', () => {
  for (const [name, { task }] of Object.entries(stories)) expect(task.status, name).toBe('done')
})

test('docs/state.md says how many commits a task has, and what keeping it writes and reads', () => {
  const expected = Object.entries(stories).map(
    ([
      name,
      {
        commits: { length },
      },
    ]) => {
      return [name, `${length}`, `${fewestWrites(length)}`, `${mostWrites(length)}`, '0']
    },
  )
  expect(rowsUnder('| task | commits | written, at least | written, at most | read |')).toEqual(expected)
})

test('docs/state.md adds up what a day of the example organisation writes and reads', () => {
  const expected = [...Object.entries(ofDay), ['together', [writes, reads]] as const]
  expect(rowsUnder('| a day | documents written | documents read |')).toEqual(
    expected.map(([what, [written, read]]) => [what, grouped(written), grouped(read)]),
  )
  expect(prose).toContain(`That is ${Math.round((100 * writes) / free.writes)} of 100 of the free writes`)
  expect(prose).toContain(`and ${Math.round((100 * reads) / free.reads)} of 100 of the free reads`)
})

test('docs/state.md says from which size on writing costs money, and what', () => {
  const forTasks = day.plain * mostWrites(plain) + day.whole * mostWrites(whole)
  const each = forTasks / (day.plain + day.whole)
  const tasks = Math.floor((free.writes - (writes - forTasks)) / each)
  expect(prose).toContain(`up to ${grouped(tasks)} tasks a day`)
  const dollarsAMonth = (30 * 1_000 * each * price.writes) / 100_000
  expect(prose).toContain(`every further 1,000 tasks a day cost ${dollarsAMonth.toFixed(2)} US dollars a month`)
})

test('docs/state.md says what comparing and importing read', () => {
  const tasks = 5_000
  expect(prose).toContain(`${grouped(tasks)} plain tasks that is ${grouped(tasks * (plain + 1))} reads`)
  expect(prose).toContain(`From ${grouped(Math.ceil((free.reads + 1) / (plain + 1)))} plain tasks on`)
  const dollars = ((100_000 * (plain + 1) - free.reads) * price.reads) / 100_000
  expect(prose).toContain(`with 100,000 plain tasks it costs ${dollars.toFixed(2)} US dollars`)
})

test('docs/state.md says how many tasks fit into what is free', () => {
  const ofStories = Object.values(stories).map(bytesOfStory)
  const [ofPlain = 0, ofWhole = 0] = ofStories
  const words = ofStories.map((bytes) => `${Math.ceil(bytes / 1_000)} kB`)
  expect(prose).toContain(`${words[0]} for a plain one and ${words[1]} for one with a plan, a try and a review`)
  const ofDay = day.plain * ofPlain + day.whole * ofWhole
  const days = Math.floor(free.bytes / ofDay / 10) * 10
  expect(prose).toContain(`the free GiB is full after about ${days} days`)
})

/** What Firestore counts for a task with its commits, by its own rules for sizes: documents and their entries in indexes. */
function bytesOfStory({ task, commits }: Story): number {
  const layout = firestoreLayout('breakroom')
  const path = layout.task(task)
  const documents = commits.map((commit) => {
    const fields = layout.commitFields({ place: 1, commit }, JSON.stringify(commit))
    return bytesOf('commits', layout.commit(path, commit.version), fields)
  })
  return sum([bytesOf('tasks', path, layout.taskFields(task, JSON.stringify(task))), ...documents])
}

type Field = string | number | boolean | Date | null

function bytesOf(folder: string, path: string, fields: Record<string, Field>): number {
  const { indexes, fieldOverrides } = indexFile
  const hasNone = (field: string) =>
    fieldOverrides.some(({ collectionGroup, fieldPath }) => collectionGroup === folder && fieldPath === field)
  const entryBytes = nameBytes(path) + 32
  const each = Object.entries(fields).map(([field, value]) => {
    const ofField = textBytes(field) + valueBytes(value)
    // One entry ascending and one descending.
    const above = nameBytes(path.split('/').slice(0, -2).join('/'))
    return ofField + (hasNone(field) ? 0 : 2 * (entryBytes + above + ofField))
  })
  const composite = indexes
    .filter(({ collectionGroup }) => collectionGroup === folder)
    .map((index) => entryBytes + sum(index.fields.map(({ fieldPath }) => valueBytes(fields[fieldPath] ?? null))))
  return nameBytes(path) + 32 + sum(each) + sum(composite)
}

function nameBytes(path: string): number {
  return 16 + sum(path.split('/').map(textBytes))
}

function valueBytes(value: Field): number {
  if (typeof value === 'string') return textBytes(value)
  return value === null || typeof value === 'boolean' ? 1 : 8
}

function textBytes(text: string): number {
  return Buffer.byteLength(text) + 1
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0)
}

/** The rows of the table with this head. */
function rowsUnder(head: string): string[][] {
  const lines = page.split('\n')
  const from = lines.indexOf(head) + 2
  const to = lines.findIndex((line, index) => index >= from && !line.startsWith('|'))
  return lines.slice(from, to).map((line) => line.slice(2, -2).split(' | '))
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}
