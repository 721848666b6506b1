import type { SlackSetup } from '../../adapters/slack/setup.ts'
import type { AppPlan } from './app-plan.ts'
import type { Variables } from './env-file.ts'
import type { Interview } from './interview.ts'

/** One app on its way into breakroom.yaml: who is asked, what Slack says, what is kept, and what it is to be. */
export interface AppSetup {
  interview: Interview
  setup: SlackSetup
  variables: Variables
  plan: AppPlan
}
