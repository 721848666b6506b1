import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Connection } from '../wire/connection.ts'
import { stripFormatting } from '../wire/plain-text.ts'
import type { Sayable } from '../wire/send-queue.ts'

/** The client-only tag that names the envelope a line shows. */
export const stampTag = '+breakroom.dev/id'

/** Whether the server hands the stamp's tag on; false without a connection. */
export function carriesStamps(connection: Connection<Sayable> | null): boolean {
  if (!connection?.has('message-tags')) return false
  const denied = String(connection.supports('CLIENTTAGDENY') ?? '').split(',')
  const name = stampTag.slice(1)
  return !denied.includes(name) && (!denied.includes('*') || denied.includes(`-${name}`))
}

/** One piece of an envelope's text on the network. */
interface PartRef {
  id: string
  part: number
}

/** What a stamp holds for. A copy of it anywhere else is worth nothing. */
interface StampedLine {
  /** The nick that the voice wants, not the one it happens to have. */
  author: string
  /** As the configuration writes it. */
  channel: string
  /** Its formatting is not sealed: channels may take that out of what is said. */
  text: string
}

export interface Stamps {
  /** The tag's value for a line that shows `parts`. Only whoever has the key can make it. */
  seal(line: StampedLine, parts: PartRef[]): string
  /** The parts that a line shows, or null when the value was not made by us for just this line. */
  open(line: StampedLine, value: string): PartRef[] | null
}

/**
 * Makes and checks stamps: `<id>.<part>[,<id>.<part>...].<mac>`, ids in base64url so that nothing needs escaping in a tag.
 */
export function createStamps(network: string, key: Buffer | string): Stamps {
  const macOf = ({ author, channel, text }: StampedLine, list: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([network, author, channel, list, stripFormatting(text)]))
      .digest('base64url')
      .slice(0, 22)

  return {
    seal(line, parts) {
      const list = parts.map(({ id, part }) => `${Buffer.from(id).toString('base64url')}.${part}`).join(',')
      return `${list}.${macOf(line, list)}`
    },
    open(line, value) {
      const dot = value.lastIndexOf('.')
      const list = value.slice(0, dot)
      const mac = Buffer.from(value.slice(dot + 1))
      const expected = Buffer.from(macOf(line, list))
      if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return null
      return list.split(',').map((item) => {
        const [id = '', part = ''] = item.split('.')
        return { id: Buffer.from(id, 'base64url').toString(), part: Number(part) }
      })
    },
  }
}
