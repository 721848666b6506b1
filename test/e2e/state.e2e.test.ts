import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { answerTo, labelOf } from '../support/answers.ts'
import { ask, hears } from '../support/conversation.ts'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../support/firestore-emulator.ts'
import { fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'
import { documentsOf } from '../support/state-documents.ts'
import {
  assign,
  assignment,
  board,
  comparesEqual,
  exported,
  figuresOf,
  haveDone,
  labelsTold,
  memoryFleet,
  runsIn,
  statusSays,
  tasksOf,
} from '../support/state-fleet.ts'

// What an organisation remembers, as whoever runs it sees it: one fleet whose memory goes to Firestore, and two that get it back.

const missing = firestoreMissing()
const question = 'Who prunes gnarled overgrown rhododendrons, mossy hydrangeas?'
const taught = 'The gardener does, each March.'
const inBoard = { title: 'Count the ballots', question: 'Which vessel carries ferries passengers across the fjord?' }
const decided = { words: 'We deploy on Tuesdays.', question: 'When do we deploy?' }
const boardAnswer = 'The Marguerite does.'
const away = /Firestore, project \S+ \(emulator at \S+\) has been away for [^;]+; \d+ changes? waits?/
const well = /all is well\.$/

let emulator: FirestoreEmulator
let fleet: TestFleet
let alice: IrcPerson
let bob: IrcPerson
/** Waits for somebody all the time. */
let open: string

beforeEach(({ skip }) => skip(missing !== null, missing ?? ''))

beforeAll(async () => {
  if (missing !== null) return
  emulator = await firestoreEmulator()
  fleet = memoryFleet(emulator)
  await fleet.startParts()
  await fleet.corpusRead()
  alice = await fleet.person('alice')
  bob = await fleet.person('bob')
  await Promise.all([alice.join(board), bob.join(board)])
}, 90_000)

afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]()
  await emulator?.stop()
})

describe('a fleet that keeps its memory in Firestore', () => {
  test('has there within moments what people had done, decided and taught, and what is private under its room alone', async () => {
    await haveDone(alice, 'Sweep the yard')
    await haveDone(alice, inBoard.title, board)
    open = await assign(bob, 'cto', 'Plant a tree')
    await ask(alice, fleetRoom, `!decide ${decided.words}`, /^Kept as a decision/)
    for (const [room, asked, answer] of [
      [fleetRoom, question, taught],
      [board, inBoard.question, boardAnswer],
    ] as const) {
      const label = labelOf(await answerTo(alice, room, `knowledge: ${asked}`))
      await ask(bob, room, `!answer ${label} ${answer}`, /^bob: Remembered as the answer/)
    }

    const documents = await until('what was taught is there', async () => {
      const found = await documentsOf(emulator)
      return [...found.keys()].filter((path) => /knowledge\//.test(path)).length === 3 && found
    })
    expect(await comparesEqual(fleet)).toMatch(
      /Firestore, .* has 3 tasks with 12 commits, 3 pieces of knowledge, 1 start and 2 role days; hash ([0-9a-f]{12})\.\nThe same is in both stores and in the ledger/,
    )
    const telling = (words: string) => [...documents].filter(([, body]) => body.includes(words)).map(([path]) => path)
    for (const words of [inBoard.title, 'Marguerite']) {
      const paths = telling(words)
      expect(paths.length).toBeGreaterThan(0)
      expect(paths.filter((path) => !path.startsWith('rooms/board/'))).toEqual([])
    }
    for (const words of ['Sweep the yard', taught, 'Tuesdays']) {
      const paths = telling(words)
      expect(paths.length).toBeGreaterThan(0)
      expect(paths.filter((path) => path.startsWith('rooms/board/'))).toEqual([])
    }
  })

  test('shows what is kept, and the day of each role', async () => {
    const state = await fleet.command(['state'])
    expect(state).toMatchObject({ code: 0, stdout: expect.stringMatching(/has 3 tasks with 12 commits/) })
    expect(state.stdout).toMatch(/^All of the ledger is kept\.\nFirestore, .* has all of it\.$/m)
    const { stdout } = await fleet.command(['state', 'metrics'])
    expect(stdout).toMatch(/^day +role +assigned +done +rate/)
    expect(stdout).toMatch(/ devops +2 +2 +100 % /)
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\d +cto +1$/m)
  })

  test('kill -9 of the state store while tasks are done, twice: nothing is missing or twice, and the figures are right', async () => {
    const before = alice.heard.length
    const titles = Array.from({ length: 8 }, (_, index) => `Load the cart, ${index + 1}`)
    for (const [index, title] of titles.entries()) {
      alice.say(fleetRoom, assignment('devops', title))
      if (index !== 2 && index !== 5) continue
      await hears(alice, new RegExp(`"${titles[index - 1]}" is done`), before, 30_000)
      await fleet.kill('state')
      if (index === 5) alice.say(fleetRoom, '!decide Carts are loaded by hand.')
      await fleet.start('state')
    }
    for (const title of titles) await hears(alice, new RegExp(`"${title}" is done`), before, 30_000)
    await comparesEqual(fleet)

    const documents = await documentsOf(emulator)
    const versions = new Map<string, number[]>()
    for (const path of documents.keys()) {
      const [, task, version] = /^(.*tasks\/[^/]+)(?:\/commits\/(\d{8}))?$/.exec(path) ?? []
      if (task !== undefined) versions.set(task, [...(versions.get(task) ?? []), Number(version ?? 0)])
    }
    expect(versions.size).toBe(3 + titles.length)
    for (const [task, found] of versions) {
      const { version } = JSON.parse(documents.get(task) ?? '{}')
      expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: version + 1 }, (_, index) => index))
    }
    expect([...documents].filter(([, body]) => body.includes('by hand'))).toHaveLength(1)
    const done = 2 + titles.length
    const figures = { assigned: done, claims: done, hand_ins: done, completed: done, checks_passed: done, failed: 0 }
    expect(await figuresOf(fleet, 'devops')).toMatchObject({ ...figures, returned: 0 })
    const inFirestore = [...documents].find(([path]) => /^metrics\/.*\.devops$/.test(path))
    expect(JSON.parse(inFirestore?.[1] ?? '{}')).toMatchObject(figures)
    expect(runsIn(fleet)).toHaveLength(done)
  })

  test('F33: killed and begun anew without anything in it, Firestore has all of it again; meanwhile work goes on and it is said', async () => {
    const before = (await documentsOf(emulator)).size
    process.kill(emulator.pid, 'SIGKILL')
    await haveDone(alice, 'Work in the dark')
    await haveDone(bob, 'Work on in the dark', board)
    expect(await statusSays(alice, away)).toMatch(/; degraded: /)
    const state = await fleet.command(['state'])
    expect(state).toMatchObject({ code: 3, stdout: expect.stringMatching(away) })
    expect(await fleet.command(['state', 'compare'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^breakroom: Not everything has arrived: Firestore, .* has been away for .* left\.$/m,
      ),
    })

    await emulator.restart()
    await comparesEqual(fleet)
    // Two tasks of five commits more.
    expect((await documentsOf(emulator)).size).toBe(before + 12)
    await statusSays(alice, well)
    expect(await fleet.command(['state'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ has all of it\.$/m),
    })
  })

  test('F21: all that NATS kept and the store of tasks are lost: tasks are there again, and nothing is told or done twice', async () => {
    const before = await tasksOf(fleet)
    await fleet.command(['stop', 'devops'])
    const waiting = await assign(alice, 'devops', 'Empty the bins')
    await fleet.stopAll()
    const runs = runsIn(fleet)
    rmSync(join(fleet.home, 'nats/data'), { recursive: true })
    for (const name of readdirSync(join(fleet.home, 'tasks'))) {
      if (name.startsWith('tasks.sqlite')) rmSync(join(fleet.home, 'tasks', name))
    }

    await fleet.start('up')
    const carol = await fleet.person('carol')
    // Nobody remembers that devops was stopped.
    await until(`${waiting} is done`, async () => (await tasksOf(fleet)).get(waiting) === 'done', 30_000)
    expect(runsIn(fleet)).toEqual([...runs, waiting])
    const number = Number(waiting.slice(2))
    expect(await haveDone(carol, 'Begin again')).toBe(`t-${number + 1}`)
    expect(await tasksOf(fleet)).toEqual(new Map([...before, [waiting, 'done'], [`t-${number + 1}`, 'done']]))
    // The record is a new one: all that is on it was said since.
    expect([...(await labelsTold(fleet))].toSorted()).toEqual([waiting, `t-${number + 1}`].toSorted())
    await comparesEqual(fleet)
  })
})

describe('another fleet of the same organisation', () => {
  /** Lines of what was exported of the first one. */
  let kept: string[]
  let file: string
  let tasks: Map<string, string>
  /** For the program at devops, which is stopped in the first one. */
  let left: string
  let heir: TestFleet
  let frank: IrcPerson

  afterAll(() => heir?.[Symbol.asyncDispose]())

  test('does not write into the Firestore of the first one, and says so', async () => {
    await fleet.command(['stop', 'devops'])
    left = await assign(await fleet.person('dave'), 'devops', 'Wash the windows')
    await comparesEqual(fleet)
    ;({ file, lines: kept } = await exported(fleet, 'memory.jsonl'))
    tasks = await tasksOf(fleet)
    const documents = await documentsOf(emulator)

    heir = memoryFleet(emulator)
    await heir.start('up')
    frank = await heir.person('frank')
    const foreign = /Firestore, .* belongs to another fleet; "breakroom state import firestore" takes it over/
    expect(await statusSays(frank, foreign)).toMatch(/; degraded: /)
    const state = await heir.command(['state'])
    expect(state).toMatchObject({ code: 3, stdout: expect.stringMatching(foreign) })
    expect(await documentsOf(emulator)).toEqual(documents)
  })

  describe.concurrent('while that waits', () => {
    test('takes it over when it is told to, and does what was left', async () => {
      const imported = await heir.command(['state', 'import', 'firestore'])
      expect(imported, imported.stderr).toMatchObject({ code: 0 })
      await until(`${left} is done`, async () => (await tasksOf(heir)).get(left) === 'done', 30_000)
      expect(await tasksOf(heir)).toEqual(new Map([...tasks, [left, 'done']]))
      await comparesEqual(heir)
      await statusSays(frank, well)
      const next = await haveDone(frank, 'Go on')
      expect(next).toBe(`t-${Number(left.slice(2)) + 1}`)
      expect(runsIn(heir)).toEqual([left, next])
      expect(await labelsTold(heir)).toEqual(new Set([left, next]))
    })

    test('F59: a third one without Firestore has all of it from an export, does what was left, and nothing again', async () => {
      await using third = memoryFleet()
      await third.start('up')
      await third.corpusRead()
      const empty = (await exported(third, 'empty.jsonl')).lines.slice(1)

      const [header = '', ...rest] = kept
      const at = kept.findLastIndex((line) => line.includes('"section":"commits"'))
      const spoilt: [name: string, lines: string[], why: RegExp][] = [
        ['cut', kept.slice(0, -1), new RegExp(`:${kept.length}:1: The file ends before the export does`)],
        [
          'changed',
          kept.with(at, kept[at]?.replace('"at":"20', '"at":"21') ?? ''),
          new RegExp(`:${kept.length}:1: What is in the file is not what was exported`),
        ],
        [
          'torn',
          kept.with(at, kept[at]?.slice(0, -1) ?? ''),
          new RegExp(`:${at + 1}:${kept[at]?.length}: This line is no JSON`),
        ],
        [
          'foreign',
          [header.replace('"org":"breakroom"', '"org":"elsewhere"'), ...rest],
          /:1:1: This is the memory of "elsewhere", and this fleet is "breakroom"/,
        ],
      ]
      for (const [name, lines, why] of spoilt) {
        const spoiltFile = join(third.folder, `${name}.jsonl`)
        writeFileSync(spoiltFile, lines.map((line) => `${line}\n`).join(''))
        const { code, stderr } = await third.command(['state', 'import', spoiltFile])
        expect({ code, lines: stderr.trimEnd().split('\n').length }, stderr).toEqual({ code: 2, lines: 1 })
        expect(stderr).toMatch(why)
        expect(stderr).toContain(`breakroom: ${spoiltFile}:`)
      }
      expect((await exported(third, 'still-empty.jsonl')).lines.slice(1)).toEqual(empty)

      await third.command(['stop', 'devops'])
      const imported = await third.command(['state', 'import', file])
      expect(imported, imported.stderr).toMatchObject({ code: 0 })
      const own = empty.slice(0, -1)
      const lines = (await exported(third, 'memory.jsonl')).lines.slice(1, -1)
      // Its own start.
      expect(own).toHaveLength(1)
      expect(lines.filter((line) => !own.includes(line))).toEqual(kept.slice(1, -1))
      expect(lines).toHaveLength(kept.length - 2 + own.length)
      await comparesEqual(third)
      expect(await tasksOf(third)).toEqual(tasks)
      expect(runsIn(third)).toEqual([])

      const [grace, member] = [await third.person('grace'), await third.person('alice')]
      await member.join(board)
      expect((await answerTo(grace, 'knowledge', question))[0]).toBe(`"${taught}"`)
      expect((await answerTo(grace, 'knowledge', decided.question))[0]).toBe(`"${decided.words}"`)
      expect((await answerTo(member, board, `knowledge: ${inBoard.question}`))[0]).toContain(boardAnswer)
      expect((await answerTo(grace, 'knowledge', inBoard.question)).join('\n')).not.toContain('Marguerite')

      const before = grace.heard.length
      await third.command(['resume', 'devops'])
      await hears(grace, new RegExp(`^${left} "Wash the windows" is done`), before, 30_000)
      await ask(grace, fleetRoom, `!claim ${open}`, new RegExp(`^grace: ${open} .* is yours`))
      await ask(grace, fleetRoom, '!done planted', new RegExp(`^grace: ${open} .* handed in`))
      await hears(grace, new RegExp(`^${open} "Plant a tree" is done`), before, 30_000)
      expect(runsIn(third)).toEqual([left])
      expect(await labelsTold(third)).toEqual(new Set([left, open]))
    })
  })

  test('and the first one writes there no more, at the latest from its next start on, and says so', async () => {
    await comparesEqual(heir)
    const documents = await documentsOf(emulator)
    // It looks when it begins, and four times a minute.
    await fleet.stop('up')
    await fleet.start('up')
    const erin = await fleet.person('erin')
    await assign(erin, 'cto', 'Feed the cat')
    await statusSays(erin, /degraded: .*belongs to another fleet/)
    const all = /has \d+ tasks .*\nAll of the ledger is kept\.\nFirestore, .* belongs to another fleet/
    await until('its own file has it', async () => all.test((await fleet.command(['state'])).stdout))
    expect(await documentsOf(emulator)).toEqual(documents)
  })
})
