import type { AssignmentDraft } from './assignment-draft.ts'
import type { AssignmentKey } from './assignment-text.ts'
import {
  type KnownNames,
  readBudget,
  readLabels,
  readList,
  readPriority,
  readRoleName,
  readRoleNames,
  readSpan,
  readSteps,
  readWords,
  use,
} from './assignment-values.ts'
import { isNothing, readFollowUp } from './follow-up-text.ts'
import type { FollowUp } from './task.ts'

/**
 * Puts what stands under a key into the draft, and what stands behind a `then:` at the end of `row`, null when that is nothing; returns
 * the problem, or null.
 */
export function readPart(
  key: AssignmentKey,
  text: string,
  draft: AssignmentDraft,
  row: (FollowUp | null)[],
  known: KnownNames,
): string | null {
  switch (key) {
    case 'accept':
      return use(readList(key, text, 500), (list) => {
        draft.acceptance_criteria ??= []
        draft.acceptance_criteria.push(...list)
      })
    case 'context':
      return use(readList(key, text, 1_000), (list) => {
        draft.context ??= []
        draft.context.push(...list)
      })
    case 'verify':
      return use(readSteps(text, known), (steps) => {
        draft.verification ??= []
        draft.verification.push(...steps)
      })
    case 'prep':
    case 'qa':
      return use(readRoleName(key, text, known), (role) => {
        draft[key] = role
      })
    case 'review':
      return use(readRoleNames(key, text, known), (roles) => {
        draft.review = [...new Set([...(draft.review ?? []), ...roles])]
      })
    case 'priority':
      return use(readPriority(text), (priority) => {
        draft.priority = priority
      })
    case 'ack':
      return use(readSpan(key, text), (seconds) => {
        draft.sla = { ...draft.sla, ack_within_seconds: seconds }
      })
    case 'due':
      return use(readSpan(key, text), (seconds) => {
        draft.sla = { ...draft.sla, complete_within_minutes: seconds / 60 }
      })
    case 'after':
      return use(readLabels(text), (labels) => {
        draft.after = [...new Set([...(draft.after ?? []), ...labels])]
      })
    case 'about':
      return use(readWords(key, text, 4_000), (words) => {
        draft.description = draft.description === undefined ? words : `${draft.description}\n${words}`
      })
    case 'budget':
      return use(readBudget(text), (budget) => {
        draft.budget = budget
      })
    case 'then':
      if (isNothing(text)) {
        row.push(null)
        return null
      }
      return use(readFollowUp(key, text, known), (next) => {
        row.push(next)
      })
    case 'also':
      return use(readFollowUp(key, text, known), (next) => {
        draft.also ??= []
        draft.also.push(next)
      })
    case 'else':
      return use(readFollowUp(key, text, known), (next) => {
        draft.on_fail ??= []
        draft.on_fail.push(next)
      })
    default:
      return key satisfies never
  }
}
