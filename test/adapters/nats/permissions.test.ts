import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeKey } from '../../../adapters/nats/keyed-state.ts'
import { type BusUser, busUserName, busUsers, permissionsFor } from '../../../adapters/nats/permissions.ts'
import { reservedNames } from '../../../core/role.ts'
import { eventSubject, orgSubjects } from '../../../core/subject.ts'

const org = 'breakroom'
const fleet = { org, roles: ['ceo', 'cto'] }
const subjects = orgSubjects(org)

describe('rights on the bus', () => {
  it('S23: let a role speak as itself and as nobody else, whatever the roles are called', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 90 }), fc.string({ maxLength: 90 }), (mine, theirs) => {
        fc.pre(mine !== theirs)
        const allows = publishing({ kind: 'role', role: mine })
        expect(allows(eventSubject(mine, 'chat', 'breakroom'))).toBe(true)
        expect(allows(subjects.status(mine))).toBe(true)
        expect(allows(subjects.private('dm', mine))).toBe(true)
        expect(allows(eventSubject(theirs, 'chat', 'breakroom'))).toBe(false)
        expect(allows(subjects.status(theirs))).toBe(false)
        expect(allows(subjects.private('dm', theirs))).toBe(false)
        expect(allows(subjects.inbox(mine))).toBe(false)
        expect(allows(subjects.tasks(mine))).toBe(false)
        expect(allows(subjects.tasks(theirs))).toBe(false)
        expect(allows(subjects.taskService('claim', mine))).toBe(true)
        expect(allows(subjects.taskService('claim', theirs))).toBe(false)
        expect(allows(subjects.knowledgeService('ask', mine))).toBe(true)
        expect(allows(subjects.knowledgeService('ask', theirs))).toBe(false)
      }),
    )
  })

  it('S25: are made of valid subjects without stray wildcards, whatever the roles are called', () => {
    const nasty = ['cto.>', '*', '>', 'a b', '', 'x'.repeat(300), '$JS', 'events.ceo', '"] }', '\r\n']
    for (const role of nasty) {
      const { publish, subscribe } = permissionsFor({ kind: 'role', role }, fleet)
      for (const subject of [...publish, ...subscribe]) {
        expect(subject).toMatch(/^(\$|_)?[\w-]+(\.([\w-]+|\*))*(\.>)?$|^\$JS(\.[\w-]+)+(\.>)?$/)
        if (!subject.startsWith('_INBOX_role-')) expect(subject.split('.')[1]).not.toMatch(/^[*>]$/)
      }
    }
  })

  it('S24: let nobody but the administrator hear everything, or anybody else’s answers', () => {
    const users = busUsers(['ceo', 'cto']).filter(({ kind }) => kind !== 'admin')
    for (const user of users) {
      const { subscribe } = permissionsFor(user, fleet)
      const inboxes = subscribe.filter((subject) => subject.startsWith('_INBOX'))
      expect(inboxes).toEqual([`_INBOX_${busUserName(user)}.>`])
      for (const forbidden of ['>', '*', '$JS.>', '$SYS.>', 'events.>', `${org}.>`])
        expect(subscribe).not.toContain(forbidden)
    }
  })

  it('S50: let nobody ask the task service in the name of another', () => {
    const callers = { desk: 'breakroom', cli: 'cli', gateway: 'gateway', 'role-ceo': 'ceo', 'role-cto': 'cto' }
    for (const user of busUsers(fleet.roles).filter(({ kind }) => kind !== 'admin')) {
      const allows = publishing(user)
      const asks = Object.values(callers).filter((caller) => allows(subjects.taskService('assign', caller)))
      const own = Object.entries(callers).find(([name]) => name === busUserName(user))?.[1]
      expect(asks, busUserName(user)).toEqual(own === undefined ? [] : [own])
    }
  })

  it('S50: let nobody ask the knowledge proxy in the name of another', () => {
    const callers = { desk: 'breakroom', cli: 'cli', gateway: 'gateway', 'role-ceo': 'ceo', 'role-cto': 'cto' }
    const all = [...Object.values(callers), 'bridge', 'tasks', 'knowledge', 'knowledge-proxy']
    for (const user of busUsers(fleet.roles).filter(({ kind }) => kind !== 'admin')) {
      const allows = publishing(user)
      const asks = all.filter((caller) => allows(subjects.knowledgeService('teach', caller)))
      const own = Object.entries(callers).find(([name]) => name === busUserName(user))?.[1]
      expect(asks, busUserName(user)).toEqual(own === undefined ? [] : [own])
    }
  })

  it('let nobody but the state store ask for what people taught, give it back, or have the ledger written anew', () => {
    const asked = [
      subjects.knowledgeService('learned', 'state'),
      subjects.knowledgeService('relearn', 'state'),
      subjects.taskService('refill', 'state'),
    ]
    for (const user of busUsers(fleet.roles).filter(({ kind }) => kind !== 'admin')) {
      const allows = publishing(user)
      expect(asked.filter(allows), busUserName(user)).toEqual(user.kind === 'state' ? asked : [])
    }
    const others = [subjects.knowledgeService('teach', 'state'), subjects.taskService('assign', 'state')]
    expect(others.filter(publishing({ kind: 'state' }))).toEqual([])
  })

  it('S22: let the knowledge proxy look at tasks under a name that no role has, and no more than look', () => {
    const own = publishing({ kind: 'knowledge' })
    const seat = publishing({ kind: 'role', role: 'knowledge' })
    const asks = ['show', 'list', 'why', 'claim', 'submit', 'assign', 'approve'] as const
    expect(asks.filter((verb) => own(subjects.taskService(verb, 'knowledge-proxy')))).toEqual(['show'])
    expect(asks.filter((verb) => own(subjects.taskService(verb, 'knowledge')))).toEqual([])
    expect(asks.filter((verb) => seat(subjects.taskService(verb, 'knowledge-proxy')))).toEqual([])
    expect(reservedNames).toContain('knowledge-proxy')
  })

  it('let the knowledge proxy speak for the house and hear what is public, and touch nothing else', () => {
    const allows = publishing({ kind: 'knowledge' })
    expect(allows(eventSubject('breakroom', 'chat', 'lab'))).toBe(true)
    expect(allows(subjects.private('dm', 'breakroom'))).toBe(true)
    expect(allows('$JS.API.CONSUMER.CREATE.EVENTS.mine')).toBe(true)
    expect(allows('_INBOX_role-cto.x')).toBe(true)
    const forbidden = [
      eventSubject('knowledge', 'chat', 'lab'),
      eventSubject('human-ada', 'chat', 'lab'),
      subjects.private('dm', 'knowledge'),
      subjects.inbox('cto'),
      subjects.tasks('cto'),
      subjects.ledger('some-task'),
      subjects.systemEvents,
      '$KV.control.kall',
      '$JS.API.CONSUMER.MSG.NEXT.WORK.inbox-knowledge',
    ]
    expect(forbidden.filter(allows)).toEqual([])
  })

  it('let only the task service write the ledger and ring doorbells', () => {
    const allowed = (subject: string) =>
      busUsers(fleet.roles)
        .filter((user) => publishing(user)(subject))
        .map(busUserName)
    expect(allowed(subjects.ledger('some-task'))).toEqual(['admin', 'tasks'])
    expect(allowed(subjects.tasks('cto'))).toEqual(['admin', 'tasks'])
    expect(allowed('$JS.API.CONSUMER.CREATE.LEDGER.mine')).toEqual(['admin', 'tasks', 'state'])
    expect(allowed('$JS.API.STREAM.MSG.GET.LEDGER')).toEqual(['admin', 'tasks'])
  })

  it('let the state store read what it keeps, and say or change nothing', () => {
    const allows = publishing({ kind: 'state' })
    for (const stream of ['LEDGER', 'EVENTS']) expect(allows(`$JS.API.CONSUMER.CREATE.${stream}.mine`)).toBe(true)
    const forbidden = [
      eventSubject('breakroom', 'chat', 'lab'),
      eventSubject('state', 'chat', 'lab'),
      subjects.private('dm', 'breakroom'),
      subjects.inbox('cto'),
      subjects.tasks('cto'),
      subjects.ledger('some-task'),
      subjects.systemEvents,
      '$KV.control.kall',
      '$JS.API.CONSUMER.CREATE.PRIVATE.mine',
      '$JS.API.STREAM.PURGE.LEDGER',
    ]
    expect(forbidden.filter(allows)).toEqual([])
  })

  it('let nobody throw another out of the lead', () => {
    const mayLead = (name: string) =>
      busUsers(fleet.roles)
        .filter((user) => publishing(user)(`$KV.leaders.${encodeKey(name)}`))
        .map(busUserName)
    expect(mayLead('tasks')).toEqual(['admin', 'tasks'])
    expect(mayLead('sweep')).toEqual(['admin', 'sweep'])
    expect(mayLead('state')).toEqual(['admin', 'state'])
    expect(mayLead('else')).toEqual(['admin'])
  })

  it('S24: let no role make consumers, change streams, write buckets or ask services', () => {
    const allows = publishing({ kind: 'role', role: 'cto' })
    const forbidden = [
      '$JS.API.STREAM.DELETE.EVENTS',
      '$JS.API.STREAM.PURGE.EVENTS',
      '$JS.API.STREAM.INFO.EVENTS',
      '$JS.API.CONSUMER.CREATE.WORK.mine',
      '$JS.API.CONSUMER.CREATE.EVENTS.mine',
      '$JS.API.CONSUMER.DELETE.WORK.inbox-cto',
      '$JS.API.CONSUMER.MSG.NEXT.WORK.inbox-ceo',
      '$JS.ACK.WORK.inbox-ceo.1.1.1.1.0',
      '$JS.API.CONSUMER.MSG.NEXT.WORK.tasks-ceo',
      '$JS.ACK.WORK.tasks-ceo.1.1.1.1.0',
      '$KV.control.x',
      'breakroom.svc.desk.stop',
      'breakroom.svc.tasks.status',
      '$SRV.PING',
      'breakroom.org.broadcasts',
      '_INBOX_desk.x',
    ]
    expect(forbidden.filter(allows)).toEqual([])
  })

  it('let only the bridge and the router read what is private', () => {
    const readers = busUsers(['cto'])
      .filter((user) => publishing(user)('$JS.API.CONSUMER.CREATE.PRIVATE.mine'))
      .map(busUserName)
    expect(readers).toEqual(['admin', 'bridge', 'router'])
  })

  it('let only the desk write the stop switch', () => {
    const writers = busUsers(['cto'])
      .filter((user) => publishing(user)('$KV.control.kall'))
      .map(busUserName)
    expect(writers).toEqual(['admin', 'desk'])
  })
})

function publishing(user: BusUser): (subject: string) => boolean {
  const { publish } = permissionsFor(user, fleet)
  return (subject) => publish.some((pattern) => matches(pattern, subject))
}

function matches(pattern: string, subject: string): boolean {
  const tokens = subject.split('.')
  const wanted = pattern.split('.')
  if (wanted.at(-1) === '>')
    return (
      tokens.length >= wanted.length && wanted.slice(0, -1).every((token, i) => token === '*' || token === tokens[i])
    )
  return tokens.length === wanted.length && wanted.every((token, i) => token === '*' || token === tokens[i])
}
