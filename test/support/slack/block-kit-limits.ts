// Follows docs.slack.dev "Block Kit" (50 blocks in a message, 100 in a modal or Home tab) and "View object".
import { blocks } from './block-kit/blocks.ts'
import { plainText } from './block-kit/composition.ts'
import { isObject, list, object, oneOf, string, typed, yesNo } from './block-kit/shape.ts'

const mostViewBytes = 250_000
const block = typed(blocks, 'block')

const common = { private_metadata: string(3000, 0), callback_id: string(255, 0), external_id: string(255, 0) }

const modal = object(
  { type: oneOf('modal'), title: plainText(24), blocks: list(block, 1, 100) },
  {
    ...common,
    submit: plainText(24),
    close: plainText(24),
    clear_on_close: yesNo,
    notify_on_close: yesNo,
    submit_disabled: yesNo,
  },
  (value, at) => {
    const { blocks, submit } = value as { blocks?: unknown; submit?: unknown }
    const asks = Array.isArray(blocks) && blocks.some((block) => isObject(block) && block.type === 'input')
    return asks && submit === undefined ? [`${at}.submit is missing, and there are input blocks`] : []
  },
)

const home = object({ type: oneOf('home'), blocks: list(block, 0, 100) }, common)

/**
 * What Slack would refuse in the blocks of a message or in a view (a modal or a Home tab): unknown types and fields, missing
 * fields, lengths and counts, ids that are there twice. One sentence each, with the place; empty when all is well.
 */
export function blockKitProblems(given: unknown): string[] {
  if (Array.isArray(given)) return [...list(block, 0, 50)(given, 'blocks'), ...twice(given)]
  if (!isObject(given)) return ['must be a list of blocks or a view']
  const view = typed({ modal, home }, 'view')(given, 'view')
  const bytes = Buffer.byteLength(JSON.stringify(given))
  const size = bytes > mostViewBytes ? [`view must be at most ${mostViewBytes} bytes, it has ${bytes}`] : []
  return [...view, ...size, ...twice(Array.isArray(given.blocks) ? given.blocks : [])]
}

function twice(list: unknown[]): string[] {
  const ids = list.map((block) => (isObject(block) ? block.block_id : undefined)).filter((id) => id !== undefined)
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index)
  const focused = JSON.stringify(list).split('"focus_on_load":true').length - 1
  return [
    ...[...new Set(repeated)].map((id) => `block_id ${JSON.stringify(id)} is there twice`),
    ...(focused > 1 ? ['focus_on_load is set more than once'] : []),
  ]
}
