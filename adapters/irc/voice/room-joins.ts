import { byteLength } from '../wire/split.ts'

/** Keeps one connection in its rooms. */
export interface RoomJoins {
  /** Asks for all rooms. */
  joinAll(): void
  joined(channel: string): void
  /** Thrown out, or refused: asked for again after a wait that grows. */
  lost(channel: string): void
  isJoined(channel: string): boolean
  readonly all: boolean
  readonly missing: string[]
  stop(): void
}

/** Answers to JOIN that mean no, or not now. */
export const joinRefusals = new Set([
  '403',
  '405',
  '407',
  '437',
  '471',
  '473',
  '474',
  '475',
  '476',
  '477',
  '480',
  '489',
  '520',
])

/** Servers cut longer lines, and with them a room's name. Bytes. */
const batchLimit = 400
const longestWait = 60_000

/** For one connection; sends nothing before `joinAll`. The first wait for a room that was lost is `rejoinMs`, the longest a minute. */
export function createRoomJoins(options: {
  channels: string[]
  fold(name: string): string
  rejoinMs: number
  send(line: string): void
}): RoomJoins {
  const { channels, fold, send } = options
  const joined = new Set<string>()
  const waits = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  const named = (channel: string) => channels.find((own) => fold(own) === fold(channel))

  return {
    joinAll() {
      let batch: string[] = []
      const flush = () => {
        if (batch.length > 0) send(`JOIN ${batch.join(',')}`)
        batch = []
      }
      for (const channel of channels) {
        if (byteLength(batch.join(',')) + byteLength(channel) + 1 > batchLimit) flush()
        batch.push(channel)
      }
      flush()
    },
    joined(channel) {
      joined.add(fold(channel))
      waits.delete(fold(channel))
    },
    lost(channel) {
      const own = named(channel)
      joined.delete(fold(channel))
      if (own === undefined) return
      const wait = waits.get(fold(channel)) ?? options.rejoinMs
      waits.set(fold(channel), Math.min(wait * 2, longestWait))
      const timer = setTimeout(() => {
        timers.delete(timer)
        send(`JOIN ${own}`)
      }, wait)
      timers.add(timer)
    },
    isJoined: (channel) => joined.has(fold(channel)),
    get all() {
      return channels.every((channel) => joined.has(fold(channel)))
    },
    get missing() {
      return channels.filter((channel) => !joined.has(fold(channel)))
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
