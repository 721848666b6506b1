import type { ModalView } from '@slack/types'
import type { AssignmentForm, FormProblem } from '../../../core/task/assignment-form.ts'
import type { FormMeta } from './form-meta.ts'

/** What the form for a new task offers. */
export interface FormOffer {
  roles: readonly { name: string; mission: string }[]
  checks: readonly string[]
}

/** The form for a new task, with what is known already filled in. */
export function assignForm(_offer: FormOffer, _filled: Partial<AssignmentForm>, _meta: FormMeta): ModalView {
  throw new Error('being written')
}

/** The form as it was sent. Whatever is not as we draw it counts as left out; null when it is no form of ours at all. */
export function readAssignForm(_view: unknown): { form: AssignmentForm; meta: FormMeta } | null {
  throw new Error('being written')
}

/** What is wrong, by the block that it stands beside. */
export function formErrors(_problems: readonly FormProblem[]): Record<string, string> {
  throw new Error('being written')
}
