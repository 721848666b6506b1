import { userInfo } from 'node:os'
import { z } from 'zod'
import type { Fleet } from '../../core/fleet.ts'
import { orgSubjects } from '../../core/subject.ts'
import { openHouseBus } from '../house-bus.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

const replySchema = z.looseObject({ text: z.string() })

/** `breakroom stop|resume [role]`: through the desk, with the rights of whoever owns this home. */
export async function stopOrResume(
  settings: Settings,
  fleet: Fleet,
  output: Output,
  verb: 'stop' | 'resume',
  role: string | null,
): Promise<void> {
  await using bus = openHouseBus(settings)
  const request = { role, by: userInfo().username.slice(0, 100) || 'the command line' }
  const { text } = replySchema.parse(await bus.request(orgSubjects(fleet.org).service('desk', verb), request, 3_000))
  output.result(text, { [verb]: role ?? 'everybody', text })
}
