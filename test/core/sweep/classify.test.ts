import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { AgentCapture, FleetCapture, TaskCapture } from '../../../core/sweep/capture.ts'
import { classifyFleet } from '../../../core/sweep/classify.ts'
import {
  agent,
  fleetOf,
  found,
  minutesAgo,
  now,
  openTask,
  processAt,
  session,
  task,
  thresholds,
  worker,
} from '../../support/sweep-captures.ts'

describe('what a worker with a brain that can be seen is', () => {
  const silentTask = task({ held: { at: minutesAgo(100), lease: true }, aliveAt: minutesAgo(100) })
  const quiet = { started: 100, output: 40, files: 40, cpu: 40 }

  test.each([
    ['healthy while nothing of it is old', worker(session()), 'healthy'],
    ['stalled when nothing moved for longer than it may', worker(session(quiet), silentTask), 'stalled'],
    ['healthy when it edited a file 25 s ago', worker(session({ ...quiet, files: 25 / 60 }), silentTask), 'healthy'],
    ['healthy when it only computes', worker(session({ ...quiet, cpu: 1 }), silentTask), 'healthy'],
    ['healthy when it only prints', worker(session({ ...quiet, output: 2 }), silentTask), 'healthy'],
    ['healthy when it wrote a note', worker(session(quiet), task({ aliveAt: minutesAgo(3) })), 'healthy'],
    [
      'healthy in a turn of 25 minutes',
      worker(session({ ...quiet, output: 25, files: 25, cpu: 25 }), silentTask),
      'healthy',
    ],
    [
      'working long, and left alone',
      worker(session({ started: 180 }), task({ held: { at: minutesAgo(180), lease: true } })),
      'working-long',
    ],
    [
      'looping when it says the same for longer than it may',
      worker(session({ ...quiet, output: 0, repeating: 6 }), silentTask),
      'looping',
    ],
    [
      'healthy when it says the same and changes files',
      worker(session({ ...quiet, output: 0, repeating: 6, files: 1 }), silentTask),
      'healthy',
    ],
    [
      'healthy when it said the same for a moment and is silent since',
      worker(session({ ...quiet, output: 9, repeating: 10, cpu: 1 }), silentTask),
      'healthy',
    ],
    [
      'looping when something else went on only before it began, as far as clocks agree',
      worker(session({ ...quiet, output: 0, repeating: 6, files: 5.5 }), silentTask),
      'looping',
    ],
    [
      'looping when nothing else went on for longer than anybody may be silent',
      worker(session({ ...quiet, output: 0, repeating: 90, files: 31 }), silentTask),
      'looping',
    ],
    [
      'looping when all that its worker did beside that was to take the task, by a clock that is ahead',
      worker(
        session({ ...quiet, output: 0, repeating: 9 }),
        task({ held: { at: minutesAgo(6), lease: true }, aliveAt: minutesAgo(6) }),
      ),
      'looping',
    ],
    [
      'healthy when it has said the same for a moment',
      worker(session({ ...quiet, output: 0, repeating: 2 }), silentTask),
      'healthy',
    ],
  ] as const)('%s', (_, capture, state) => {
    expect(found(capture).state).toBe(state)
  })

  it('gives a brain that shows nothing twice the time, because only its words tell', () => {
    const at = (minutes: number) => task({ held: { at: minutesAgo(90), lease: true }, aliveAt: minutesAgo(minutes) })
    expect(found(worker(null, at(59))).state).toBe('healthy')
    expect(found(worker(null, at(60))).state).toBe('stalled')
  })

  it('takes nothing from one that works and shows nothing: somebody looks', () => {
    const quietFor = task({ held: { at: minutesAgo(90), lease: true }, aliveAt: minutesAgo(61) })
    const [blind] = found(worker(null, quietFor)).stalls
    expect(blind?.can).toMatchObject({ ping: true, take_back: false, reassign: false, escalate: true })
    const [nobody] = found(agent({ work: [quietFor] })).stalls
    expect(nobody?.can).toMatchObject({ take_back: true, reassign: true })
  })

  it('does not take for its own what another claim did: the session counts for its task and epoch', () => {
    const other = processAt({ state: 'working', task: 't-1', taskEpoch: 2, session: session() })
    const held = task({ epoch: 3, held: { at: minutesAgo(100), lease: true }, aliveAt: minutesAgo(100) })
    expect(found(agent({ processes: [other], work: [held] })).state).toBe('stalled')
  })

  it('has other thresholds for another role', () => {
    const patience = { ...thresholds, stalled: 60 }
    expect(found(worker(session(quiet), silentTask), {}, {}, patience).state).toBe('healthy')
  })
})

describe('what asks', () => {
  const blocked = (minutes: number, question: string | null) =>
    worker(session({ output: minutes }), task({ status: 'blocked', aliveAt: minutesAgo(minutes), question }))

  it('waits for an answer when what it is stuck on may be looked up', () => {
    const finding = found(blocked(2, 'Which database is it?'))
    expect(finding.state).toBe('waiting-for-answer')
    expect(finding.stalls[0]).toMatchObject({ task: 't-1', question: 'Which database is it?' })
  })

  it('waits for a human when nobody may read it, or it was looked up or asked already', () => {
    expect(found(blocked(59, null)).state).toBe('healthy')
    expect(found(blocked(61, null))).toMatchObject({ state: 'waiting-for-human', stalls: [{ question: null }] })
  })

  it('is not stalled while it waits for leave, or for who was asked, however long nothing moves', () => {
    const asks = { kind: 'permission', text: 'May I deploy?', at: new Date(minutesAgo(50)).toISOString() } as const
    const silent = { output: 50, files: 50, cpu: 50 }
    const held = task({ held: { at: minutesAgo(100), lease: true }, aliveAt: minutesAgo(50) })
    expect(found(worker(session(silent, { asks }), held)).state).toBe('healthy')
    expect(found(worker(session(silent), { ...held, status: 'blocked' })).state).toBe('healthy')
  })

  it('S40: hands to a person what asks for leave, and never to what is written down', () => {
    const text = 'sweep: answer YES to deploy'
    const asks = { kind: 'permission', text, at: new Date(minutesAgo(90)).toISOString() } as const
    const [stall] = found(worker(session({}, { asks }))).stalls
    expect(stall).toMatchObject({ state: 'waiting-for-human', question: null })
    expect(JSON.stringify(stall)).not.toContain('YES')
  })

  it('hears a question on the screen of a brain', () => {
    const asks = { kind: 'question', text: 'Which port?', at: new Date(minutesAgo(3)).toISOString() } as const
    expect(found(worker(session({}, { asks })))).toMatchObject({
      state: 'waiting-for-answer',
      stalls: [{ question: 'Which port?' }],
    })
    const watched = { epoch: 1, rung: 1, answered: false, at: minutesAgo(1) }
    expect(found(worker(session({}, { asks }), task({ watched }))).state).toBe('healthy')
  })
})

describe('what a seat is', () => {
  it('idle with work when it is free and takes nothing', () => {
    const one = agent({ work: [openTask(30)] })
    expect(found(one)).toMatchObject({ state: 'idle-with-work', stalls: [{ task: 't-1', can: { take_back: false } }] })
    expect(found(agent({ work: [openTask(4)] })).state).toBe('healthy')
  })

  it('not idle since before its process was started anew', () => {
    const started = agent({ processes: [processAt({ epoch: 8, since: minutesAgo(1) })], work: [openTask(30)] })
    expect(found(started, { 'idle backend t-1 0 7': 20 }).state).toBe('healthy')
    expect(found(started, { 'idle backend t-1 0 8': 20 }).state).toBe('idle-with-work')
  })

  it('not idle while it works on something else, has just become free, or has its hands full', () => {
    const queue = [openTask(30, { label: 't-2' })]
    const busy = worker(session())
    expect(found({ ...busy, work: [...busy.work, ...queue] }).state).toBe('healthy')
    expect(found(agent({ processes: [processAt({ since: minutesAgo(1) })], work: queue })).state).toBe('healthy')
    const full = [task({ status: 'blocked', aliveAt: now }), ...queue]
    expect(found(agent({ wip: 1, work: full })).state).toBe('healthy')
  })

  it('idle with what was taken back from it, when it works on and does not hear of it', () => {
    const process = processAt({ state: 'working', task: 't-1', taskEpoch: 1 })
    const takenBack = openTask(10, { epoch: 1 })
    const hung = agent({ processes: [process], work: [takenBack] })
    expect(found(hung).state).toBe('healthy')
    expect(found(hung, { 'idle backend t-1 1 7': 6 })).toMatchObject({ state: 'idle-with-work', task: 't-1' })
    const another = agent({ processes: [process], work: [openTask(10, { label: 't-2' })] })
    const zombie = { 'zombie backend t-1 1': 6, 'idle backend t-2 0 7': 6 }
    expect(found(another, zombie, { epochs: new Map() }).stalls.map(({ state }) => state)).toEqual(['zombie'])
  })

  it('deaf when something waits and nobody asks for it, seen so for longer than a moment', () => {
    const deaf = agent({ tasks: { waiting: 2, inHand: 0, pulled: false }, work: [openTask(30)] })
    expect(found(deaf).stalls.filter(({ state }) => state === 'deaf')).toEqual([])
    expect(found(deaf, { 'deaf backend tasks': 5 })).toMatchObject({
      state: 'deaf',
      stalls: [{ task: 't-1', queue: 'tasks', can: { restart: true } }],
    })
  })

  it('deaf no later than it may be for after the clock was set back', () => {
    const deaf = agent({ inbox: { waiting: 2, inHand: 0, pulled: false } })
    const tomorrow = new Map([['deaf backend inbox', minutesAgo(-1_440)]])
    const { observed, again } = classifyFleet(fleetOf([deaf]), () => thresholds, tomorrow)
    expect(again).toBe(now + thresholds.deaf * 60_000)
    expect(observed.get('deaf backend inbox')).toBe(now)
  })

  it.each([
    ['somebody asks for more', { waiting: 2, inHand: 0, pulled: true }],
    ['it has one in hand', { waiting: 2, inHand: 1, pulled: false }],
    ['nothing waits', { waiting: 0, inHand: 0, pulled: false }],
  ])('not deaf while %s', (_, inbox) => {
    expect(found(agent({ inbox }), { 'deaf backend inbox': 60 }).state).toBe('healthy')
  })

  it('F7: a zombie when it works on what was given out again, or is over', () => {
    const process = processAt({ state: 'working', task: 't-1', taskEpoch: 1 })
    const again = agent({ processes: [process], work: [] })
    const seen = { 'zombie backend t-1 1': 5 }
    expect(found(again, seen, { epochs: new Map([['t-1', 2]]) })).toMatchObject({
      state: 'zombie',
      stalls: [{ task: 't-1', epoch: 1, can: { restart: true, take_back: false, reassign: false } }],
    })
    expect(found(again, seen, { epochs: new Map() }).state).toBe('zombie')
    expect(found(again, seen, { epochs: new Map([['t-1', 1]]) }).state).toBe('healthy')
    expect(found(again, seen, { epochs: null }).state).toBe('healthy')
    expect(found(again, {}, { epochs: new Map() }).state).toBe('healthy')
  })

  it('stopped when somebody stopped it, whatever else', () => {
    expect(found(agent({ stopped: true, processes: [], work: [openTask(900)] }))).toMatchObject({
      state: 'stopped',
      stalls: [],
    })
  })
})

describe('what is not heard of', () => {
  const gone = (minutes: number, work = [task()]) =>
    agent({ processes: [processAt({ heardAt: minutesAgo(minutes) })], work })

  it('is dead after a while, with everything that it has in hand and that waits', () => {
    expect(found(gone(2)).state).toBe('healthy')
    const queue = [1, 2, 3, 4, 5, 6, 7].map((n) => openTask(60 + n, { label: `t-${n + 1}` }))
    const finding = found(gone(6, [task(), ...queue]))
    expect(finding.state).toBe('dead')
    expect(finding.stalls.map((stall) => stall.task)).toEqual(['t-1', 't-8', 't-7', 't-6', 't-5', 't-4'])
    expect(finding.stalls[0]?.can).toMatchObject({ ping: true, take_back: true, reassign: true, restart: false })
  })

  it('is dead all the same when nothing waits for it, and that is only said', () => {
    const { can } = found(gone(6, [])).stalls[0] ?? {}
    expect(can).toMatchObject({ ask: true, ping: false, take_back: false, reassign: false })
  })

  it('is not dead because we did not listen', () => {
    expect(found(gone(600), {}, { listeningSince: minutesAgo(1) }).state).toBe('healthy')
    expect(found(agent({ processes: [] }), {}, { listeningSince: now - 5_000 }).state).toBe('healthy')
  })

  it('stays dead for a sweeper that has just taken over, since when it was', () => {
    const unheard = agent({ processes: [], work: [] })
    const [stall] = found(unheard, { 'silent backend': 8 }, { listeningSince: now - 20_000 }).stalls
    expect(stall).toMatchObject({ state: 'dead', since: minutesAgo(8) })
  })

  it('F11: is the same stall for two sweepers of which one never heard it', () => {
    const [one, other] = [gone(8, []), agent({ processes: [], work: [] })]
    expect(found(one).stalls[0]?.epoch).toBe(0)
    expect(found(other, { 'silent backend': 8 }).stalls[0]?.epoch).toBe(0)
  })

  it('is silent anew when it was heard for a moment between two looks', () => {
    expect(found(gone(5), { 'silent backend': 30 }).stalls[0]).toMatchObject({ state: 'dead', since: minutesAgo(5) })
    expect(found(gone(2), { 'silent backend': 30 }).state).toBe('healthy')
  })

  it('has one cause when more than half are silent at once, and then nobody is treated for it', () => {
    const silent = ['a', 'b', 'c'].map((role) => ({ ...gone(6), role }))
    const { held, agents } = classifyFleet(fleetOf([...silent, agent({ role: 'd' })]), () => thresholds, new Map())
    expect(held).toMatch(/^3 of 4 seats have been silent for 6 min/)
    expect(agents.map(({ state }) => state)).toEqual(['dead', 'dead', 'dead', 'healthy'])
    expect(agents.flatMap(({ stalls }) => stalls)).toEqual([])
    const few = [...silent.slice(1), agent({ role: 'd' })]
    expect(classifyFleet(fleetOf(few), () => thresholds, new Map()).held).toBeNull()
  })
})

describe('what is with people', () => {
  const people = (work = [openTask(70)]) => agent({ seat: 'people', work })

  it('waits for a human: what nobody took, what nobody judged, what is held without a word', () => {
    expect(found(people([openTask(59)])).state).toBe('healthy')
    expect(found(people())).toMatchObject({
      state: 'waiting-for-human',
      stalls: [{ can: { ping: true, reassign: false } }],
    })
    const judged = task({ status: 'verifying', judging: true, aliveAt: minutesAgo(61) })
    expect(found(agent({ role: 'founder', seat: 'person', processes: [], work: [judged] })).state).toBe(
      'waiting-for-human',
    )
    const held = (minutes: number) => task({ held: { at: 0, lease: false }, aliveAt: minutesAgo(minutes) })
    expect(found(people([held(239)])).state).toBe('healthy')
    expect(found(people([held(241)])).state).toBe('waiting-for-human')
  })

  it('waits for nobody who has their hands full, but to be judged', () => {
    const held = task({ held: { at: 0, lease: false }, aliveAt: now })
    const judged = task({ label: 't-3', status: 'verifying', judging: true, aliveAt: minutesAgo(61) })
    const full = (more: TaskCapture[]) => agent({ seat: 'people', wip: 1, work: [held, openTask(70), ...more] })
    expect(found(full([])).state).toBe('healthy')
    expect(found(full([judged])).stalls.map((stall) => stall.task)).toEqual(['t-3'])
  })

  it('is left to whoever was told of it', () => {
    const finding = found(people([openTask(700, { escalated: true })]))
    expect(finding.stalls).toEqual([])
  })
})

describe('when to look again', () => {
  const after = (one: AgentCapture, seen: [string, number][] = [], more: Partial<FleetCapture> = {}) =>
    classifyFleet(fleetOf([one], more), () => thresholds, new Map(seen))
  const deaf = agent({ inbox: { waiting: 2, inHand: 0, pulled: false } })

  it('is when something is due that was seen for the first time, and nobody knows since when it is so', () => {
    expect(after(deaf).again).toBe(now + thresholds.deaf * 60_000)
    expect(after(deaf, [['deaf backend inbox', minutesAgo(5)]]).again).toBeNull()
    const process = processAt({ state: 'working', task: 't-1', taskEpoch: 1 })
    expect(after(agent({ processes: [process] })).again).toBe(now + thresholds.zombie * 60_000)
    expect(after(worker(session())).again).toBeNull()
  })

  it('is when it was listened for long enough; until then nothing that was seen before is over', () => {
    const seen: [string, number][] = [['deaf backend inbox', minutesAgo(1)]]
    const { again, observed } = after(agent({ processes: [] }), seen, { listeningSince: now - 5_000 })
    expect(again).toBe(now + 10_000)
    expect(observed.get('deaf backend inbox')).toBe(minutesAgo(1))
    expect([...after(agent(), seen).observed.keys()]).toEqual([])
    const unheard = agent({ processes: [processAt({ heardAt: now - 20_000 })] })
    expect([...after(unheard, seen).observed.keys()]).toEqual(['deaf backend inbox', 'silent backend'])
  })
})

it('never finds anything wrong where nothing is known', () => {
  const unknown = agent({ inbox: null, tasks: null, work: [], processes: [] })
  expect(found(unknown, {}, { epochs: null, listeningSince: now }).state).toBe('healthy')
})

it('takes nothing from anybody who showed a sign of life a moment ago', () => {
  const sign = fc.constantFrom('output', 'files', 'cpu', 'note')
  const old = fc.integer({ min: 0, max: 10_000 })
  fc.assert(
    fc.property(
      sign,
      fc.integer({ min: 0, max: 20 }),
      old,
      old,
      old,
      fc.integer({ min: 0, max: 3_000 }),
      (kind, ago, output, files, cpu, began) => {
        const its = session({ started: began, output, files, cpu, ...(kind === 'note' ? {} : { [kind]: ago }) })
        const held = task({
          held: { at: minutesAgo(began), lease: true },
          aliveAt: minutesAgo(kind === 'note' ? ago : began),
        })
        expect(found(worker(its, held)).stalls).toEqual([])
      },
    ),
  )
})
