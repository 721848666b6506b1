// Follows docs.slack.dev "Modals", "View submission payload" and "View closed payload".

import { replaceView } from '../api/views.ts'
import { interactiveElements } from '../block-ids.ts'
import { blockKitProblems } from '../block-kit-limits.ts'
import type { Outcome, SlackView, Submitted } from '../interface.ts'
import type { Json } from '../message.ts'
import type { SlackUser } from '../user.ts'
import { createView } from '../view.ts'
import type { World } from '../world.ts'
import { chosen, initial } from './form-state.ts'
import { installedApp, interact, interactionHead } from './interaction.ts'

type Values = Record<string, string | string[] | null>

/** Fills in the form on top and submits it. What Slack's client checks by itself never reaches the app. */
export async function submit(world: World, user: SlackUser, given: SlackView, values: Values): Promise<Submitted> {
  const view = openOf(world, user, given)
  fillIn(view, values)
  const errors = clientErrors(view)
  if (Object.keys(errors).length > 0) return { ok: true, error: null, ackMs: 0, payload: null, closed: false, errors }
  const app = installedApp(world, view.app_id)
  const payload = { type: 'view_submission', ...interactionHead(world, user, app), view, response_urls: [] }
  const outcome = await interact(world, app, 'interactive', payload)
  if (!outcome.ok) return { ...outcome, closed: false, errors: {} }
  return { ...outcome, ...react(world, user, view, outcome.payload) }
}

/** Closes a form with its cross; the app hears of it only when it asked to. */
export async function dismiss(world: World, user: SlackUser, given: SlackView): Promise<Outcome> {
  const view = openOf(world, user, given)
  pop(world, user, view)
  if (view.notify_on_close !== true) return { ok: true, error: null, ackMs: 0, payload: null }
  const app = installedApp(world, view.app_id)
  return interact(world, app, 'interactive', {
    type: 'view_closed',
    ...interactionHead(world, user, app),
    view,
    is_cleared: false,
  })
}

function openOf(world: World, user: SlackUser, { id }: SlackView): SlackView {
  const view = world.modals.get(user.id)?.find((open) => open.id === id)
  if (view === undefined) throw new Error(`${user.name} does not have the form ${id} open`)
  return view
}

function fillIn(view: SlackView, values: Values): void {
  const fields = interactiveElements(view.blocks).filter(({ block }) => block.type === 'input')
  const unknown = Object.keys(values).filter((id) => !fields.some(({ block }) => block.block_id === id))
  if (unknown.length > 0) {
    const there = fields.map(({ block }) => String(block.block_id)).join(', ')
    throw new Error(`The form has no field ${unknown.join(', ')}; it has ${there}`)
  }
  for (const { block, element } of fields) {
    const id = String(block.block_id)
    const before = view.state.values[id]?.[String(element.action_id)]
    const filled =
      values[id] !== undefined ? chosen(element, values[id]) : (before ?? chosen(element, initial(element)))
    view.state.values[id] = { [String(element.action_id)]: filled }
  }
}

function clientErrors(view: SlackView): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { block, element } of interactiveElements(view.blocks)) {
    if (block.type !== 'input') continue
    const id = String(block.block_id)
    const { type, ...held } = view.state.values[id]?.[String(element.action_id)] ?? {}
    const [value] = Object.values(held)
    const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0)
    if (empty && block.optional !== true) errors[id] = 'Please complete this required field.'
    if (empty || type !== 'plain_text_input') continue
    const length = String(value).length
    if (length < Number(element.min_length ?? 0)) errors[id] = `Please enter at least ${element.min_length} characters.`
    if (length > Number(element.max_length ?? 3000))
      errors[id] = `Please enter at most ${element.max_length ?? 3000} characters.`
  }
  return errors
}

function react(
  world: World,
  user: SlackUser,
  view: SlackView,
  answer: Json | null,
): { closed: boolean; errors: Submitted['errors'] } {
  const next = answer?.view as Json | undefined
  switch (answer?.response_action) {
    case undefined:
      pop(world, user, view)
      return { closed: true, errors: {} }
    case 'clear':
      world.modals.delete(user.id)
      return { closed: true, errors: {} }
    case 'errors':
      return { closed: false, errors: answer?.errors as Record<string, string> }
    default:
      demandSound(next)
      if (answer?.response_action === 'push') {
        world.modals.set(user.id, [...(world.modals.get(user.id) ?? []), createView(world, next, view.app_id)])
      } else replaceView(world, user.id, view, next)
      return { closed: false, errors: {} }
  }
}

function demandSound(view: Json | undefined): asserts view is Json {
  const problems = blockKitProblems(view)
  if (problems.length > 0) throw new Error(`The app answered with a view that Slack refuses: ${problems.join('; ')}`)
}

function pop(world: World, user: SlackUser, view: SlackView): void {
  const rest = (world.modals.get(user.id) ?? []).filter((open) => open.id !== view.id)
  if (rest.length === 0) world.modals.delete(user.id)
  else world.modals.set(user.id, rest)
}
