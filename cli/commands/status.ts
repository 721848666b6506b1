import { z } from 'zod'
import { exitCodes } from '../exit-codes.ts'
import { askHouse } from '../house-bus.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

const statusSchema = z.looseObject({
  org: z.string(),
  roles: z.array(z.looseObject({ role: z.string(), state: z.enum(['here', 'stopped', 'offline']) })),
  troubles: z.array(z.string()),
})

/** `breakroom status`: who is here and what is wrong. Exit code 3 when something is. */
export async function status(settings: Settings, output: Output): Promise<number> {
  const report = statusSchema.parse(await askHouse(settings, 'desk', 'status', {}))
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
