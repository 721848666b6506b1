import type { HomeView as SlackHome } from '@slack/types'
import type { HomeView } from '../../../core/home.ts'

/** The house's own page, for `views.publish`. */
export function homePage(_view: HomeView): SlackHome {
  throw new Error('being written')
}
