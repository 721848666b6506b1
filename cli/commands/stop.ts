import { userInfo } from 'node:os'
import { z } from 'zod'
import { exitCodes } from '../exit-codes.ts'
import { askHouse } from '../house-bus.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

const everybody = 'everybody'

/** `breakroom stop [role]`: through the desk, with the rights of whoever owns this home. `role` null is the whole fleet. */
export async function stop(settings: Settings, output: Output, role: string | null): Promise<void> {
  const answer = await askHouse(settings, 'desk', 'stop', { role, by: whoAsks(settings) })
  const { text } = z.looseObject({ text: z.string() }).parse(answer)
  output.result(text, { stop: role ?? everybody, text })
}

/** `breakroom resume [role]`: like `stop`. Exit code 1 when the role stands still all the same, because everybody does. */
export async function resume(settings: Settings, output: Output, role: string | null): Promise<number> {
  const answer = await askHouse(settings, 'desk', 'resume', { role, by: whoAsks(settings) })
  const { text, resumed } = z.looseObject({ text: z.string(), resumed: z.boolean() }).parse(answer)
  if (resumed || output.json) output.result(text, { resume: role ?? everybody, resumed, text })
  else output.talk(`breakroom: ${text}`)
  return resumed ? exitCodes.ok : exitCodes.failure
}

function whoAsks({ env }: Settings): string {
  try {
    return userInfo().username.slice(0, 100) || 'the command line'
  } catch {
    // In a container the user often has no name.
    return env.USER?.slice(0, 100) || 'the command line'
  }
}
