import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBreakroomError } from '../../../core/errors.ts'
import type { StateEntry } from '../../../core/state/entry.ts'
import { createExportReader, endLine, entryLine, headerLine } from '../../../core/state/export-lines.ts'
import { createStateDigest } from '../../../core/state/state-digest.ts'
import { dayRecord, hardTexts, knowledgeRecord, startRecord } from '../../support/state.ts'
import { taskAt, taskCommit } from '../../support/tasks.ts'

/** Of UTF-16; halves of pairs, too. */
const anyUnit = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit))

const header = { org: 'breakroom', fleet: 'fleet-1', exported_at: '2026-11-22T07:15:00.000Z' }
const entries: StateEntry[] = [
  { section: 'commits', place: 1, commit: taskCommit(taskAt(1, 1)) },
  { section: 'commits', place: 2, commit: taskCommit(taskAt(1, 2)) },
  { section: 'knowledge', record: knowledgeRecord('decision-1') },
  { section: 'configuration', record: startRecord('start-1') },
  { section: 'metrics', record: dayRecord('cto', '2026-11-21') },
]

function summaryOf(all: readonly StateEntry[]) {
  const digest = createStateDigest()
  for (const entry of all) digest.add(entry)
  const { counts, sha256 } = digest.result()
  return { counts, sha256 }
}

const fileOf = (all: readonly StateEntry[]) => [headerLine(header), ...all.map(entryLine), endLine(summaryOf(all))]

/** The entries of a file, and what its reader says at the end. */
function read(lines: readonly string[]) {
  const reader = createExportReader('state.jsonl')
  const found = lines.map((line) => reader.line(line)).filter((entry) => entry !== null)
  return { entries: found, end: reader.end() }
}

function errorOf(lines: readonly string[]) {
  try {
    read(lines)
  } catch (error) {
    if (isBreakroomError(error, 'usage')) return error
    throw error
  }
  throw new Error('it was read')
}

describe('an exported file', () => {
  it('is read as it was written, and says whose it is', () => {
    expect(read(fileOf(entries))).toEqual({ entries, end: { ...header, ...summaryOf(entries) } })
    expect(summaryOf(entries).counts).toEqual({ tasks: 1, commits: 2, knowledge: 1, configuration: 1, metrics: 1 })
    expect(read(fileOf([])).entries).toEqual([])
  })

  it('has each thing in one line, whatever is written in it', () => {
    const hard = hardTexts
      .map((text) => text.slice(0, 1_000))
      .map((text, index): StateEntry => ({ section: 'knowledge', record: knowledgeRecord(`d-${index}`, 1, { text }) }))
    for (const line of fileOf(hard)) expect(line).not.toMatch(/[\r\n\u2028\u2029]/)
    expect(read(fileOf(hard)).entries).toEqual(hard)
    fc.assert(
      fc.property(fc.string({ unit: anyUnit, maxLength: 200 }), (title) => {
        const some: StateEntry[] = [{ section: 'knowledge', record: knowledgeRecord('d-1', 1, { title }) }]
        expect(read(fileOf(some)).entries).toEqual(some)
      }),
    )
  })

  it('is the same for the same entries', () => {
    const [first] = entries
    const backwards = Object.fromEntries(Object.entries(first as StateEntry).reverse()) as StateEntry
    expect(entryLine(backwards)).toBe(entryLine(first as StateEntry))
  })

  it('may end with empty lines, or lines of another system', () => {
    expect(read([...fileOf(entries).map((line) => `${line}\r`), '', ' ']).entries).toEqual(entries)
  })

  it('keeps what a newer writer knows of a thing', () => {
    const newer = { section: 'knowledge', record: { ...knowledgeRecord('d-1'), weight: 3 } } as const
    expect(read(fileOf([newer])).entries).toEqual([newer])
  })

  it('is whole when an older writer left out what is filled in now, and its hash is then of what was read', () => {
    const commit = taskCommit(taskAt(1, 1))
    const [created] = commit.events
    if (created?.type !== 'created') throw new Error('the first commit creates')
    const { on_fail, ...spec } = created.spec
    const older = { section: 'commits', place: 1, commit: { ...commit, events: [{ ...created, spec }] } } as StateEntry
    const { entries: found, end } = read(fileOf([older]))
    expect(found).toEqual([{ section: 'commits', place: 1, commit }])
    expect(end.sha256).toBe(summaryOf(found).sha256)
    expect(end.sha256).not.toBe(summaryOf([older]).sha256)
  })
})

describe('a file that is no whole export says where it is off', () => {
  const whole = fileOf(entries)
  const instead = (line: number, text: string) => whole.map((one, index) => (index === line - 1 ? text : one))
  const changed = (line: number, from: string, to: string) => instead(line, (whole[line - 1] ?? '').replace(from, to))

  it.each([
    ['nothing in it', [], /^state\.jsonl:1:1: The file is empty/],
    ['another kind of text', ['# Notes'], /^state\.jsonl:1:1: This is no export of Breakroom; /],
    ['other JSON', ['{"name":"x"}'], /^state\.jsonl:1:1: This is no export of Breakroom: /],
    ['JSON that is null', ['null'], /^state\.jsonl:1:1: This is no export of Breakroom: /],
    ['no header', whole.slice(1), /^state\.jsonl:1:1: This is no export of Breakroom: /],
    [
      'a newer format',
      instead(1, '{"breakroom_state":2}'),
      /^state\.jsonl:1:1: A newer Breakroom wrote this \(format 2; this one reads 1\)\. Update/,
    ],
    [
      'a header without its fleet',
      changed(1, '"fleet"', '"ship"'),
      /^state\.jsonl:1:1: The first line of the export is off: fleet: /,
    ],
    ['a line that is no JSON', changed(3, ',"place"', ' "place"'), /^state\.jsonl:3:\d{2,}: This line is no JSON; /],
    ['a line that was cut', instead(3, '{"section":"commits"'), /^state\.jsonl:3:21: This line is no JSON; /],
    ['an empty line', instead(3, ''), /^state\.jsonl:3:1: This line is no JSON; /],
    [
      'an entry that lacks something',
      changed(3, '"version":2', '"version":"two"'),
      /^state\.jsonl:3:1: This line is no entry of an export: commit\.version: .+\.$/,
    ],
    [
      'an entry that nobody knows',
      changed(4, '"section":"knowledge"', '"section":"gossip"'),
      /^state\.jsonl:4:1: This line is no entry of an export: section: .+\.$/,
    ],
    ['a line that is a number', instead(3, '3'), /^state\.jsonl:3:1: This line is no entry of an export: .+\.$/],
    [
      'a line that nests without end',
      instead(3, '['.repeat(9_000) + ']'.repeat(9_000)),
      /^state\.jsonl:3:1: .+ deeper/,
    ],
    ['something behind its end', [...whole, whole[2] ?? ''], /^state\.jsonl:8:1: There is something behind the end/],
    ['no end', whole.slice(0, -1), /^state\.jsonl:7:1: .+ it is not whole, and nothing was taken from it\.$/],
    ['a header alone', whole.slice(0, 1), /^state\.jsonl:2:1: .+ it is not whole, and nothing was taken from it\.$/],
    [
      'a line less than its end says',
      whole.toSpliced(4, 1),
      /^state\.jsonl:6:1: The export had 1 of configuration, and 0 are in the file; nothing was taken from it\.$/,
    ],
    [
      'another word in it',
      changed(4, 'We do it', 'We did it'),
      /^state\.jsonl:7:1: .+ changed or damaged\. Nothing was/,
    ],
    [
      'an end without its hash',
      changed(7, '"sha256"', '"md5"'),
      /^state\.jsonl:7:1: The end of the export is off: sha256: /,
    ],
  ])('when it has %s', (_, lines, sentence) => {
    const error = errorOf(lines)
    expect(error.message).toMatch(sentence)
    const [file, line, column] = error.message.split(':')
    expect(error.detail).toMatchObject({ file, line: Number(line), column: Number(column) })
  })

  it('names the path of the key for programs, too', () => {
    expect(errorOf(changed(3, '"version":2', '"version":"two"')).detail.path).toBe('commit.version')
  })

  it('shows nothing of a file that could move the cursor of whoever reads it', () => {
    const hostile = JSON.stringify({
      section: 'commits',
      place: 1,
      commit: taskCommit(taskAt(1, 1)),
      '\u001b[2J\u202e': 1,
    })
    for (const lines of [instead(2, hostile), instead(2, '\u001b[2J'), ['\u001b[2J']]) {
      expect(errorOf(lines).message).not.toMatch(/[\u001b\u202e]/)
    }
  })

  it('is never taken for a whole one, wherever it was cut', () => {
    const text = whole.map((line) => `${line}\n`).join('')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 2 }), (length) => {
        expect(
          errorOf(
            text
              .slice(0, length)
              .split('\n')
              .filter((line, index, all) => index < all.length - 1 || line !== ''),
          ).code,
        ).toBe('usage')
      }),
    )
  })
})
