import { withIds } from './block-ids.ts'
import type { SlackView } from './interface.ts'
import type { Json } from './message.ts'
import type { World } from './world.ts'

/** A view as Slack keeps it: with ids for the blocks that have none. Follows docs.slack.dev "View object". */
export function createView(world: World, given: Json, appId: string, before?: SlackView): SlackView {
  const blocks = withIds(given.blocks as Json[])
  const id = before?.id ?? world.ids.next('V')
  return {
    callback_id: '',
    private_metadata: '',
    external_id: '',
    notify_on_close: false,
    clear_on_close: false,
    ...given,
    id,
    type: given.type as SlackView['type'],
    team_id: world.team.id,
    app_id: appId,
    hash: `${world.ids.ts()}.hash`,
    root_view_id: before?.root_view_id ?? id,
    previous_view_id: before?.previous_view_id ?? null,
    bot_id: world.apps.get(appId)?.botId,
    blocks,
    // What somebody typed stays in the blocks that are still there.
    state: { values: keptValues(before, blocks) },
  }
}

function keptValues(before: SlackView | undefined, blocks: Json[]): SlackView['state']['values'] {
  const ids = new Set(blocks.map((block) => block.block_id))
  return Object.fromEntries(Object.entries(before?.state.values ?? {}).filter(([id]) => ids.has(id)))
}
