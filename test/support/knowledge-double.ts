import { BreakroomError } from '../../core/errors.ts'
import type { Answer } from '../../core/knowledge/answer.ts'
import { type KnowledgeRequest, type KnowledgeVerb, knowledgeArguments } from '../../core/knowledge/request.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { NatsServer } from './nats.ts'

/** What the double was asked. */
interface AskedOfDouble {
  verb: KnowledgeVerb
  /** The token that the bus let them ask with. */
  caller: string
  request: KnowledgeRequest
}

/** A knowledge proxy on the bus that answers as it is told. */
export interface KnowledgeDouble {
  asked: AskedOfDouble[]
  /** Answers what comes from now on. */
  reply: (asked: AskedOfDouble) => unknown
  /** Ends it without an answer to what it has in hand. */
  kill(): Promise<void>
}

/** An answer as the proxy gives it, with what a test does not care about filled in. */
export function anyAnswer(changes: Partial<Answer> = {}): Answer {
  return {
    id: 'q-17',
    text: 'Refunds are given within 30 days.',
    confidence: { probability: 0.94, band: 'high', why: 'says so in nearly your words' },
    sources: [
      {
        document: 'docs/handbook.md',
        title: 'Handbook',
        heading: ['Refunds'],
        date: '2026-03-01',
        author: null,
        quote: 'Refunds are given within 30 days.',
        stale: null,
        verified_by: null,
      },
    ],
    conflict: null,
    understood: null,
    note: null,
    asked: null,
    ...changes,
  }
}

/** The lines of `anyAnswer` in a room, behind the name. */
export const anyAnswerText =
  '"Refunds are given within 30 days."\nHIGH: says so in nearly your words · q-17\nfrom "Handbook › Refunds" (2026-03-01)'

/** Starts a double; it answers every question with `anyAnswer` and everything else with its verb, unless told otherwise. */
export async function knowledgeDouble(nats: NatsServer, reply?: KnowledgeDouble['reply']): Promise<KnowledgeDouble> {
  const { bus } = nats.as({ kind: 'knowledge' })
  const subjects = orgSubjects('breakroom')
  const stop = new AbortController()
  const double: KnowledgeDouble = {
    asked: [],
    reply: reply ?? (({ verb }) => (verb === 'ask' ? anyAnswer() : { text: `${verb} was done.` })),
    async kill() {
      stop.abort()
      await bus.close()
    },
  }
  const verbs = Object.keys(knowledgeArguments) as KnowledgeVerb[]
  const endpoints = verbs.map((verb) => {
    const handler = async (data: unknown, subject: string) => {
      const asked = { verb, caller: subject.split('.').at(-1) ?? '', request: data as KnowledgeRequest }
      double.asked.push(asked)
      return double.reply(asked)
    }
    return [verb, { subject: subjects.anyKnowledgeService(verb), handler }] as const
  })
  await bus.serve('knowledge', Object.fromEntries(endpoints), stop.signal)
  return double
}

/** What the proxy refuses. */
export function refusedByDouble(code: 'denied' | 'refused' | 'usage', sentence: string): never {
  throw new BreakroomError(code, sentence)
}
