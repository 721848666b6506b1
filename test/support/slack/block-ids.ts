import type { Json } from './message.ts'

/** Blocks with a `block_id`, and elements with an `action_id`, where none was given. Follows docs.slack.dev "Blocks". */
export function withIds(blocks: Json[]): Json[] {
  return blocks.map((block, index) => {
    const id = `b${index}`
    const filled: Json = { block_id: id, ...block }
    if (block.type === 'input') filled.element = withActionId(block.element as Json, `${id}.0`)
    if (block.type === 'section' && block.accessory !== undefined) {
      filled.accessory = withActionId(block.accessory as Json, `${id}.0`)
    }
    if (block.type === 'actions') {
      filled.elements = (block.elements as Json[]).map((element, place) => withActionId(element, `${id}.${place}`))
    }
    return filled
  })
}

function withActionId(element: Json, id: string): Json {
  return element.type === 'image' ? element : { action_id: id, ...element }
}

/** The elements that a person can use, each with its block. */
export function interactiveElements(blocks: Json[]): { block: Json; element: Json }[] {
  return blocks.flatMap((block) => {
    const inside = [block.element, block.accessory, ...(block.type === 'actions' ? (block.elements as Json[]) : [])]
    return inside
      .filter((element): element is Json => element !== undefined && (element as Json).action_id !== undefined)
      .map((element) => ({ block, element }))
  })
}
