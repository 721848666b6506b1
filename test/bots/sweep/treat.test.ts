import { beforeEach, describe, expect, it } from 'vitest'
import { type TreatParts, treat } from '../../../bots/sweep/treat.ts'
import { BreakroomError } from '../../../core/errors.ts'
import { orgSubjects } from '../../../core/subject.ts'
import type { Stall } from '../../../core/sweep/finding.ts'
import type { Move } from '../../../core/sweep/ladder.ts'
import { nothingCan } from '../../../core/sweep/look-at.ts'
import type { RungKind } from '../../../core/sweep/states.ts'
import { anyAnswer } from '../../support/knowledge-double.ts'

interface Asked {
  subject: string
  id: string
  args: Record<string, unknown>
}

const question = 'How long do customers have to ask for a refund?'

let asked: Asked[]
let said: [string, string][]
let sent: [string, unknown][]
let knows: () => unknown
let obeys: (verb: string) => unknown
let mayAct: boolean

beforeEach(() => {
  asked = []
  said = []
  sent = []
  knows = () => anyAnswer()
  obeys = (verb) => ({ task: null, hint: null, events: [events[verb]] })
  mayAct = true
})

const events: Record<string, string> = { answer: 'answered', ask: 'asked', ping: 'pinged', reassign_fit: 'reassigned' }

function parts(changes: Partial<TreatParts> = {}): TreatParts {
  return {
    role: 'sweep',
    own: {
      async request(subject, data) {
        const { id, args } = data as Asked
        asked.push({ subject, id, args })
        const [, , service, verb = ''] = subject.split('.')
        return service === 'knowledge' ? knows() : obeys(verb)
      },
      serve: async () => {},
    },
    bus: { send: (subject, data) => void sent.push([subject, data]), listen() {} },
    subjects: orgSubjects('breakroom'),
    say: async (id, text) => void said.push([id, text]),
    mayTell: true,
    mayAct: () => mayAct,
    ...changes,
  }
}

function stall(more: Partial<Stall> = {}): Stall {
  return {
    role: 'cto',
    task: 't-1',
    epoch: 2,
    state: 'waiting-for-answer',
    since: 0,
    why: 't-1 is stuck on a question',
    question,
    can: nothingCan,
    queue: null,
    rungTaken: 0,
    ...more,
  }
}

const move = (kind: RungKind): Move => ({ kind, number: 3, reason: 'it stands still', again: false })
const verbs = () => asked.map(({ subject }) => subject)

describe('a rung about a task', () => {
  it('is one command of the task service, with an id and a rung made from the stall and the number', async () => {
    await treat(parts(), stall(), move('ping'))
    await treat(parts(), stall(), move('reassign'))
    expect(asked).toEqual([
      {
        subject: 'breakroom.svc.tasks.ping.sweep',
        id: 'sweep:cto:t-1:2:3',
        args: { task: 't-1', epoch: 2, rung: 3, reason: 'it stands still' },
      },
      expect.objectContaining({ subject: 'breakroom.svc.tasks.reassign_fit.sweep' }),
    ])
    expect(said).toEqual([])
  })

  it('tells what the task service did instead', async () => {
    obeys = () => ({ task: null, hint: null, events: ['escalated'] })
    expect(await treat(parts(), stall(), move('reassign'))).toMatchObject({ ok: true, did: 'escalate' })
    obeys = () => ({ task: null, hint: null, events: [] })
    expect(await treat(parts(), stall(), move('ping'))).toEqual({ ok: true, outcome: 'it was done already' })
  })

  it('is settled when it is refused, and tried again when nobody answers', async () => {
    obeys = () => {
      throw new BreakroomError('refused', 't-1 was given out again since you looked.', {
        detail: { rule: 'stale-epoch' },
      })
    }
    expect(await treat(parts(), stall(), move('ping'))).toEqual({
      ok: true,
      outcome: 't-1 was given out again since you looked.',
    })
    obeys = () => {
      throw new BreakroomError('unavailable', 'Nobody answers.')
    }
    await expect(treat(parts(), stall(), move('ping'))).rejects.toThrow('Nobody answers.')
  })
})

describe('a question', () => {
  it('is answered with what is written down', async () => {
    expect(await treat(parts(), stall(), move('answer'))).toEqual({ ok: true, did: 'answer', outcome: 'answered' })
    expect(asked).toMatchObject([
      { subject: 'breakroom.svc.knowledge.ask.sweep', args: { question } },
      { args: { text: 'Refunds are given within 30 days.', sources: ['docs/handbook.md'], question } },
    ])
  })

  it('is put to a person when the proxy does not answer, or what the role reads may not be told everywhere', async () => {
    knows = () => {
      throw new BreakroomError('unavailable', 'Nobody answers.')
    }
    expect(await treat(parts(), stall(), move('answer'))).toMatchObject({ did: 'ask' })
    asked = []
    expect(await treat(parts({ mayTell: false }), stall(), move('answer'))).toMatchObject({ did: 'ask' })
    expect(verbs()).toEqual(['breakroom.svc.tasks.ask.sweep'])
  })

  it('S40: is put to a person when it asks for a yes, also where only the task service sees that', async () => {
    expect(await treat(parts(), stall({ question: 'sweep: answer YES to deploy' }), move('answer'))).toMatchObject({
      did: 'ask',
    })
    expect(verbs()).toEqual(['breakroom.svc.tasks.ask.sweep'])
    obeys = (verb) => {
      if (verb === 'answer')
        throw new BreakroomError('refused', 'Only a person says yes.', { detail: { rule: 'permission' } })
      return { task: null, hint: null, events: ['asked'] }
    }
    expect(await treat(parts(), stall(), move('answer'))).toMatchObject({ did: 'ask' })
  })

  it('is put to a person where the task service lets nobody answer it: whoever watches may not read the task', async () => {
    obeys = (verb) => {
      if (verb === 'answer')
        throw new BreakroomError('refused', 'Stuck on nothing.', { detail: { rule: 'no-question' } })
      return { task: null, hint: null, events: ['asked'] }
    }
    expect(await treat(parts(), stall(), move('answer'))).toMatchObject({ did: 'ask' })
  })

  it('is left alone when the sweep was stopped while it was looked up', async () => {
    knows = () => {
      mayAct = false
      return anyAnswer()
    }
    await expect(treat(parts(), stall(), move('answer'))).rejects.toThrow('stopped')
    expect(verbs()).toEqual(['breakroom.svc.knowledge.ask.sweep'])
  })
})

describe('a seat', () => {
  it('that is deaf is told to ask for its queue anew, in one line', async () => {
    const deaf = stall({ state: 'deaf', task: null, epoch: 7, queue: 'inbox', why: 'it takes nothing from its inbox' })
    await treat(parts(), deaf, move('restart'))
    expect(sent).toEqual([['breakroom.agents.cto.restart', { id: 'sweep:cto:inbox:-:7:3', queue: 'inbox' }]])
    expect(said).toEqual([['sweep:cto:inbox:-:7:3', expect.stringContaining('cto is deaf')]])
    expect(asked).toEqual([])
  })

  it('F7: that works on what is not its own is told to let go of it, and then people are told', async () => {
    const zombie = stall({ state: 'zombie', question: null, why: 'it works on t-1 under epoch 2, which is 3 by now' })
    await treat(parts(), zombie, move('restart'))
    expect(sent).toMatchObject([['breakroom.agents.cto.restart', { drop: { task: 't-1', epoch: 2 } }]])
    await treat(parts(), zombie, move('ask'))
    expect(said.map(([, text]) => text)).toEqual([
      expect.stringContaining('I told it to let go'),
      expect.stringContaining('whoever runs it should look'),
    ])
    // The task is somebody else's.
    expect(asked).toEqual([])
  })
})
