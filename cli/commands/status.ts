import { z } from 'zod'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'
import { orgSubjects } from '../../core/subject.ts'
import { exitCodes } from '../exit-codes.ts'
import { openHouseBus } from '../house-bus.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

const statusSchema = z.looseObject({
  org: z.string(),
  roles: z.array(z.looseObject({ role: z.string(), state: z.enum(['here', 'stopped', 'offline']) })),
  troubles: z.array(z.string()),
})

/** `breakroom status`: who is here and what is wrong. Exit code 3 when something is. */
export async function status(settings: Settings, fleet: Fleet, output: Output): Promise<number> {
  await using bus = openHouseBus(settings)
  const answer = await bus.request(orgSubjects(fleet.org).service('desk', 'status'), {}, 3_000).catch((error) => {
    if (isBreakroomError(error, 'unavailable')) {
      throw new BreakroomError('unavailable', 'The desk does not answer. See "breakroom doctor".', { cause: error })
    }
    throw error
  })
  const report = statusSchema.parse(answer)
  const names = (state: string) => report.roles.filter((role) => role.state === state).map(({ role }) => role)
  const line = (title: string, list: string[]) =>
    list.length === 0 ? [] : [`${title} (${list.length}): ${list.join(', ')}`]
  const text = [
    report.troubles.length === 0 ? `${report.org}: all is well.` : `${report.org}: degraded.`,
    ...report.troubles.map((trouble) => `  - ${trouble}`),
    ...line('Here', names('here')),
    ...line('Stopped', names('stopped')),
    ...line('Offline', names('offline')),
  ]
  output.result(text.join('\n'), report)
  return report.troubles.length === 0 ? exitCodes.ok : exitCodes.degraded
}
