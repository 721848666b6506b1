import { describe, expect, it } from 'vitest'
import { conversationOf } from '../../bridge/conversation.ts'
import type { Thread } from '../../bridge/threads.ts'
import { traceOf } from '../../core/envelope.ts'
import type { HeardLine } from '../../ports/chat.ts'

const thread: Thread = {
  network: 'acme',
  id: 'T1:C1:1.000',
  room: 'breakroom',
  trace: 'trace-k3f9',
  at: '2026-01-01T00:00:00.000Z',
  task: null,
}

function said(
  text: string,
  more: { thread?: string; room?: string | null; ownThreads?: boolean; known?: Thread[]; edits?: string } = {},
) {
  const { known = [thread], ownThreads = false } = more
  const line: HeardLine = {
    network: ownThreads ? 'acme' : 'local',
    room: more.room === undefined ? 'breakroom' : more.room,
    heardBy: { kind: 'ear' },
    id: 'm1',
    speaker: { nick: 'alice', account: null, host: '', bot: false },
    kind: 'say',
    text,
    at: new Date(0),
    replayed: false,
    ...(more.thread === undefined ? {} : { thread: more.thread }),
    ...(more.edits === undefined ? {} : { edit: { of: more.edits, before: null } }),
  }
  return conversationOf(line, {
    id: 'irc:local:m1',
    text,
    origin: ownThreads ? 'slack/acme' : 'irc/local',
    ownThreads,
    known: {
      find: (network, id) => known.find((one) => one.network === network && one.id === id) ?? null,
      byCode: (room, code) => known.find((one) => one.room === room && one.trace.endsWith(code)) ?? null,
    },
    isRole: (word) => word === 'cfo1',
  })
}

describe('the conversation that a line belongs to', () => {
  it('is its own when it is in no thread', () => {
    expect(said('hello')).toEqual({ text: 'hello', trace: traceOf('irc:local:m1') })
  })

  it('is that of the thread that it was said in', () => {
    expect(said('and?', { ownThreads: true, thread: thread.id })).toEqual({
      text: 'and?',
      trace: 'trace-k3f9',
      thread: { network: 'acme', id: thread.id },
    })
  })

  it('is that of the first message where nobody remembers the thread, so that its answers have the same', () => {
    const { trace } = said('and?', { ownThreads: true, thread: 'T1:C1:9.000', known: [] })
    expect(trace).toBe(traceOf('slack:acme:T1:C1:9.000'))
  })

  it('is that of the line which it corrects', () => {
    expect(said('at ten', { ownThreads: true, edits: 'T1:C1:5.000' }).trace).toBe(traceOf('slack:acme:T1:C1:5.000'))
  })

  it('is that of the code which somebody on a network without threads puts in front', () => {
    const answered = { text: 'on it', trace: 'trace-k3f9', thread: { network: 'acme', id: thread.id } }
    expect(said('[k3f9] on it')).toEqual(answered)
    expect(said('@k3f9 on it')).toEqual(answered)
  })

  it('is its own when there is no such thread, when it is in another room, and when the code is a name', () => {
    expect(said('[zzzz] on it').text).toBe('[zzzz] on it')
    expect(said('[k3f9] on it', { room: 'board' }).text).toBe('[k3f9] on it')
    expect(said('[k3f9] on it', { room: null }).text).toBe('[k3f9] on it')
    expect(said('@cfo1 on it', { known: [{ ...thread, trace: 'trace-cfo1' }] }).text).toBe('@cfo1 on it')
  })
})
