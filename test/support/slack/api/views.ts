// Follows docs.slack.dev "views.open", "views.push", "views.update", "views.publish" and "Modals".
import { blockKitProblems } from '../block-kit-limits.ts'
import type { SlackView } from '../interface.ts'
import type { Json } from '../message.ts'
import { createView } from '../view.ts'
import { pairKey, type World } from '../world.ts'
import { needed, structure, text } from './args.ts'
import type { Call, Method } from './method.ts'
import { Refusal } from './refusal.ts'

const deepestStack = 3

export const viewsOpen: Method = (call) => {
  const view = givenView(call, 'modal')
  const user = userOfTrigger(call)
  const opened = createView(call.world, view, call.caller.app.appId)
  call.world.modals.set(user, [opened])
  return { view: opened }
}

export const viewsPush: Method = (call) => {
  const view = givenView(call, 'modal')
  const user = userOfTrigger(call)
  const stack = call.world.modals.get(user) ?? []
  if (stack.length >= deepestStack) throw new Refusal('push_limit_reached')
  const opened = createView(call.world, view, call.caller.app.appId)
  const root = stack[0]
  if (root !== undefined) Object.assign(opened, { root_view_id: root.id, previous_view_id: stack.at(-1)?.id })
  call.world.modals.set(user, [...stack, opened])
  return { view: opened }
}

export const viewsUpdate: Method = (call) => {
  const view = givenView(call, 'modal')
  const id = text(call.args, 'view_id')
  const externalId = text(call.args, 'external_id')
  for (const [user, stack] of call.world.modals) {
    const before = stack.find((open) => open.id === id || (externalId !== undefined && open.external_id === externalId))
    if (before === undefined || before.app_id !== call.caller.app.appId) continue
    demandHash(call, before)
    return { view: replaceView(call.world, user, before, view) }
  }
  throw new Refusal('not_found')
}

export const viewsPublish: Method = (call) => {
  const view = givenView(call, 'home')
  const user = needed(call.args, 'user_id')
  if (!call.world.users.has(user)) throw new Refusal('user_not_found')
  const key = pairKey(user, call.caller.app.appId)
  const before = call.world.homes.get(key)
  if (before !== undefined) demandHash(call, before)
  const published = createView(call.world, view, call.caller.app.appId, before)
  call.world.homes.set(key, published)
  return { view: published }
}

/** Puts another form into the place of an open one. */
export function replaceView(world: World, userId: string, before: SlackView, given: Json): SlackView {
  const next = createView(world, given, before.app_id, before)
  const stack = world.modals.get(userId) ?? []
  world.modals.set(
    userId,
    stack.map((open) => (open.id === before.id ? next : open)),
  )
  return next
}

function givenView({ args }: Call, type: 'modal' | 'home'): Json {
  const view = structure(args, 'view', 'invalid_arguments') as Json | undefined
  if (view === undefined || view === null) throw new Refusal('invalid_arguments')
  const problems = view.type === type ? blockKitProblems(view) : [`view.type is to be ${type}`]
  if (problems.length > 0) {
    throw new Refusal('invalid_arguments', {
      response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
    })
  }
  return view
}

function userOfTrigger({ world, caller, args }: Call): string {
  const used = world.triggers.use(needed(args, 'trigger_id', 'invalid_trigger_id'), caller.app.appId)
  if (typeof used === 'string') throw new Refusal(used)
  return used.user.id
}

function demandHash({ args }: Call, before: SlackView): void {
  const hash = text(args, 'hash')
  if (hash !== undefined && hash !== before.hash) throw new Refusal('hash_conflict')
}
