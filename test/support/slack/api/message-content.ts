// What may stand in a message. Follows docs.slack.dev "chat.postMessage" (errors, truncation) and "Message metadata".
import { withIds } from '../block-ids.ts'
import { blockKitProblems } from '../block-kit-limits.ts'
import type { Json, SlackMessage } from '../message.ts'
import { richTextBlocks } from '../rich-text.ts'
import { postedText } from '../typed-text.ts'
import { structure, text } from './args.ts'
import { Refusal } from './refusal.ts'

const longestText = 40_000
const longestMarkdown = 12_000
const mostMetadataBytes = 16_000
// Not documented: Slack refuses messages whose blocks hold more than about 13,200 characters in all (slackapi/bolt-js issue 2509).
const mostBlockText = 13_200

/** The text and blocks that a call gives, as the message will carry them. Refuses what Slack would refuse. */
export function messageContent(args: Json, blockId: string): Pick<SlackMessage, 'text' | 'blocks'> {
  const given = text(args, 'text')
  const markdown = text(args, 'markdown_text')
  const blocks = givenBlocks(args)
  if (markdown !== undefined && (given !== undefined || blocks !== undefined))
    throw new Refusal('markdown_text_conflict')
  if ((given ?? '').length > longestText || (markdown ?? '').length > longestMarkdown) throw new Refusal('msg_too_long')
  const words = postedText(given ?? markdown ?? '')
  if (words.trim() === '' && (blocks === undefined || blocks.length === 0)) throw new Refusal('no_text')
  return { text: words, blocks: blocks !== undefined && blocks.length > 0 ? blocks : richTextBlocks(words, blockId) }
}

/** The metadata of a call, or undefined. */
export function messageMetadata(args: Json): SlackMessage['metadata'] {
  const given = structure(args, 'metadata', 'invalid_metadata_format')
  if (given === undefined || given === null) return undefined
  const { event_type: type, event_payload: payload } = given as Json
  if (typeof type !== 'string' || type === '' || !isObject(payload)) throw new Refusal('invalid_metadata_schema')
  if (Buffer.byteLength(JSON.stringify(payload)) > mostMetadataBytes) throw new Refusal('metadata_too_large')
  return { event_type: type, event_payload: payload }
}

function givenBlocks(args: Json): Json[] | undefined {
  const blocks = structure(args, 'blocks', 'invalid_blocks_format')
  if (blocks === undefined || blocks === null) return undefined
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format')
  const problems = blockKitProblems(blocks)
  if (problems.length > 0) {
    throw new Refusal('invalid_blocks', {
      errors: problems,
      response_metadata: { messages: problems.map((it) => `[ERROR] ${it}`) },
    })
  }
  if (textIn(blocks) > mostBlockText) throw new Refusal('msg_blocks_too_long')
  return withIds(blocks)
}

function textIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + textIn(item), 0)
  if (!isObject(value)) return 0
  const own = typeof value.text === 'string' ? value.text.length : 0
  return Object.values(value).reduce((sum: number, item) => sum + textIn(item), own)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
