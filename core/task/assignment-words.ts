import type { FollowUp, Step } from './task.ts'

/*
 * Values as they are written in an assignment. What `readAssignment` makes of them is what they were.
 */

/** Free text: between quotation marks nothing is read as a key, and line breaks hold. */
export function inQuotes(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\\n')}"`
}

/** What stands behind `verify:`. */
export function stepsText(steps: readonly Step[]): string {
  return steps.map(stepText).join(', ')
}

function stepText(step: Step): string {
  if (step.kind === 'check') return `\`${step.check}\``
  if (step.kind === 'approval') return 'approval'
  if (step.kind === 'artifact') return `file ${inQuotes(step.path)}`
  if (step.stage === 'qa') return `qa by ${step.by}`
  return step.by === null ? 'review' : `review by ${step.by}`
}

/** What stands behind each `then:`, of tasks that follow one after another; the first of `followUps`, and what follows it. */
export function followUpTexts([first]: readonly FollowUp[]): string[] {
  if (first === undefined) return []
  return [followUpText(first), ...followUpTexts(first.payload_template.on_complete)]
}

/** What stands behind `also:` or `else:`, without what follows it. */
export function followUpText({ publish_to, payload_template: template }: FollowUp): string {
  const { title, description, acceptance_criteria, verification, priority } = template
  const settings = [
    ...acceptance_criteria.map((criterion) => `accept: ${inQuotes(criterion)}`),
    ...(verification.length === 0 ? [] : [`verify: ${stepsText(verification)}`]),
    ...(priority === undefined ? [] : [`priority: ${priority}`]),
    ...(description === '' ? [] : [`about: ${inQuotes(description)}`]),
  ]
  return `${publish_to} ${inQuotes(title)} (${settings.join('; ')})`
}
