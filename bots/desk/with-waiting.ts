import { reportingParts } from '../../core/part-report.ts'

/** The troubles of the house, with how many commands wait for the task service. */
export function withWaiting(troubles: string[], count: number): string[] {
  if (count === 0) return troubles
  const waiting = count === 1 ? '1 command waits' : `${count} commands wait`
  const isSaid = troubles.at(-1)?.startsWith(reportingParts.tasks) === true
  return [...troubles, `${waiting} for ${isSaid ? 'it' : reportingParts.tasks}`]
}
