import type { TaskCard } from './task/card.ts'

/** What somebody sees on the house's own page. Every list is the most urgent first. */
export interface HomeView {
  /** Whom it greets. */
  name: string
  /** Tasks that wait for this person's yes or hands. */
  waiting: TaskCard[]
  /** Tasks that this person asked for or works on, and that are not over. */
  mine: TaskCard[]
  /** Beyond those that are listed. */
  more: number
  roles: { role: string; state: 'here' | 'stopped' | 'offline' }[]
  /** What is wrong in the house, a sentence each; empty when all is well. */
  troubles: string[]
  /** Whether this person may stop the fleet, and let it go on. */
  may: { stop: boolean; resume: boolean }
}
