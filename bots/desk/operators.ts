import { z } from 'zod'
import { BreakroomError } from '../../core/errors.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Services } from '../../ports/bus.ts'
import type { FleetReport } from './fleet-report.ts'
import type { Stopper } from './stopper.ts'

const switchSchema = z.strictObject({ role: z.string().nullable(), by: z.string().min(1).max(100) })

/**
 * What the command line may ask of the desk. Whoever holds the bus key of the command line owns the machine, so these requests
 * have a founder's rights; the bus lets nobody else make them.
 */
export async function serveOperators(parts: {
  bus: Services
  subjects: OrgSubjects
  stopper: Stopper
  report: FleetReport
  roles: readonly string[]
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
      ...at('resume', async (data) => ({ text: await stopper.resume(read(data).role) })),
      ...at('status', async () => report.json()),
    },
    signal,
  )

  function read(data: unknown): z.infer<typeof switchSchema> {
    const parsed = switchSchema.safeParse(data)
    if (!parsed.success) throw new BreakroomError('usage', 'The request is off: it takes a role or null, and who asks.')
    const { role } = parsed.data
    if (role !== null && !parts.roles.includes(role)) {
      throw new BreakroomError('usage', `There is no role ${role}. Roles: ${parts.roles.join(', ')}.`)
    }
    return parsed.data
  }
}
