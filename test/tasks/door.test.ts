import { expect, it } from 'vitest'
import { BreakroomError } from '../../core/errors.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Endpoint } from '../../ports/bus.ts'
import { type Handlers, serveTasks } from '../../tasks/door.ts'
import { quietMetrics } from '../support/quiet.ts'

it('answers what fails because its term has ended in between as nobody does', async () => {
  let leads = true
  const served: Record<string, Endpoint> = {}
  const closed = new BreakroomError('closed', 'The task store was closed.')
  const show = async () => {
    throw closed
  }
  await serveTasks({
    bus: {
      request: async () => null,
      serve: async (_, endpoints) => void Object.assign(served, endpoints),
    },
    subjects: orgSubjects('breakroom'),
    handlers: { show } as unknown as Handlers,
    mustLead() {
      if (!leads) throw new BreakroomError('unavailable', 'Another process leads the tasks now.')
    },
    roleOfToken: new Map([['cto', 'cto']]),
    limits: new Map(),
    metrics: quietMetrics,
    more: {},
    signal: new AbortController().signal,
  })
  const request = { id: 'x', trace: 'x', by: null, place: null, args: { task: 't-1' } }
  const ask = () => served.show?.handler(request, 'breakroom.svc.tasks.show.cto')

  await expect(ask()).rejects.toBe(closed)
  const answer = ask()
  leads = false
  await expect(answer).rejects.toMatchObject({ code: 'unavailable' })
})
