import { z } from 'zod'
import { BreakroomError } from '../../core/errors.ts'
import { houseLine } from '../../core/house-line.ts'
import { desk } from '../../core/route.ts'
import { eventSubject, type OrgSubjects } from '../../core/subject.ts'
import type { Publisher, Services } from '../../ports/bus.ts'
import type { FleetReport } from './fleet-report.ts'
import type { Stopper } from './stopper.ts'

const switchSchema = z.strictObject({ role: z.string().nullable(), by: z.string().min(1).max(100) })

const announcementSchema = z.strictObject({
  id: z.string().min(1).max(300),
  room: z.string().min(1).max(64),
  text: z.string().min(1).max(2_000),
})

/**
 * What the command line may ask of the desk. Whoever holds the bus key of the command line owns the machine, so these requests
 * have a founder's rights; the bus lets nobody else make them.
 */
export async function serveOperators(parts: {
  bus: Services & Publisher
  subjects: OrgSubjects
  stopper: Stopper
  report: FleetReport
  roles: readonly string[]
  now: () => Date
  signal: AbortSignal
}): Promise<void> {
  const { bus, subjects, stopper, report, signal } = parts
  const at = (verb: string, handler: (data: unknown) => Promise<unknown>) => ({
    [verb]: { subject: subjects.service('desk', verb), handler },
  })
  await bus.serve(
    'desk',
    {
      ...at('stop', async (data) => {
        const { role, by } = read(data)
        return { text: await stopper.stop(role, by) }
      }),
      ...at('resume', async (data) => {
        const { role } = read(data)
        return { text: await stopper.resume(role), resumed: !(await stopper.isStopped(role)) }
      }),
      ...at('announce', async (data) => {
        const parsed = announcementSchema.safeParse(data)
        if (!parsed.success) throw new BreakroomError('usage', 'An announcement takes an id, a room and a text.')
        await announce(parsed.data)
        return {}
      }),
      ...at('status', async () => report.json()),
    },
    signal,
  )

  async function announce({ id, room, text }: z.infer<typeof announcementSchema>): Promise<void> {
    const at = parts.now()
    const line = houseLine({ id, source: 'bots/desk', at, room: { name: room, visibility: 'public' }, text })
    await bus.publish(eventSubject(desk, 'chat', room), line)
  }

  function read(data: unknown): z.infer<typeof switchSchema> {
    const parsed = switchSchema.safeParse(data)
    if (!parsed.success) throw new BreakroomError('usage', 'Say which role, or null for everybody, and who asks.')
    const { role } = parsed.data
    if (role !== null && !parts.roles.includes(role)) {
      throw new BreakroomError('usage', `There is no role ${role}. Roles: ${parts.roles.join(', ')}.`)
    }
    return parsed.data
  }
}
