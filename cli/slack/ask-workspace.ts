import type { Fleet } from '../../core/fleet.ts'
import { wrongName } from './app-plan.ts'
import type { Interview } from './interview.ts'

/** What a workspace is called when nobody says otherwise. */
export const defaultWorkspace = 'slack'

/** Asks what breakroom.yaml is to call the workspace. */
export function askForWorkspace(interview: Interview, { platforms }: Fleet): Promise<string> {
  return interview.ask({
    text: `A short name for the workspace, as breakroom.yaml is to call it [${defaultWorkspace}]`,
    blank: { good: defaultWorkspace },
    otherwise: '',
    async judge(name) {
      const wrong = wrongName(platforms, name)
      return wrong === null ? { good: name } : { problem: wrong, fix: '' }
    },
  })
}
