import type { ModalView } from '@slack/types'
import type { FormOffer } from './assign-form.ts'
import type { FormMeta } from './form-meta.ts'
import type { PressValue } from './press-value.ts'

/** A press that asks for something. */
export type Ask = Pick<PressValue, 'command'> & { asks: NonNullable<PressValue['asks']> }

/** The small form for what a press asks: a result, a reason or a role. */
export function askForm(_ask: Ask, _offer: Pick<FormOffer, 'roles'>, _meta: FormMeta): ModalView {
  throw new Error('being written')
}

/** The whole command, what is wrong by the block that it stands beside, or null when it is no form of ours. */
export function readAskForm(
  _view: unknown,
): { command: string; meta: FormMeta } | { errors: Record<string, string>; meta: FormMeta } | null {
  throw new Error('being written')
}
