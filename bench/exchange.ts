import { setTimeout as pause } from 'node:timers/promises'
import type { Heard, RawClient } from './raw-client.ts'

/** A way for words: said here, heard there. */
export interface Way {
  /** Says something that stands for the token. */
  say(token: string): void
  hearer: RawClient
  /** The token of a line that came through, or null for another line. */
  tokenOf(heard: Heard): string | null
}

/** A way that carries lines as they are, many at once if need be. */
export interface LineWay extends Way {
  sayAll(tokens: string[]): void
}

/** From a speaker to a hearer in a channel of the same name, on one network or on two. */
export function lineWay(speaker: RawClient, hearer: RawClient, channel: string): LineWay {
  return {
    hearer,
    say: (token) => speaker.say(channel, sentence(token)),
    sayAll: (tokens) => speaker.sayAll(channel, tokens.map(sentence)),
    tokenOf: ({ target, text }) => (target === channel ? tokenIn(text) : null),
  }
}

/** A line as people write them, with a token in it. */
export function sentence(token: string): string {
  return `${token} has been checked twice and can go out with the next release`
}

export function tokenIn(text: string): string | null {
  return /\bline-\d+\b/.exec(text)?.[0] ?? null
}

let made = 0
export function newTokens(count: number): string[] {
  return Array.from({ length: count }, () => `line-${++made}`)
}

/** Between one line and the next. */
const everyMs = 15

/** Says one line at a time, at a steady pace; milliseconds from the write to the arrival of each. */
export async function latencies(way: Way, count: number): Promise<number[]> {
  const samples: number[] = []
  for (const token of newTokens(count)) {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const late = setTimeout(() => reject(new Error(`${token} did not come through`)), 10_000)
    const end = way.hearer.listen((heard) => {
      if (way.tokenOf(heard) === token) resolve(heard.at)
    })
    const saidAt = performance.now()
    way.say(token)
    try {
      samples.push((await promise) - saidAt)
    } finally {
      end()
      clearTimeout(late)
    }
    await pause(Math.max(0, saidAt + everyMs - performance.now()))
  }
  return samples
}

/** What became of many lines. */
export interface Crowd {
  /** Lines that came, a second. */
  rate: number
  lost: number
  doubled: number
  outOfOrder: number
}

/** Says `count` lines with one write and waits for all, or until nothing comes for 3 s. */
export async function burst(way: LineWay, count: number): Promise<Crowd> {
  const tokens = newTokens(count)
  const places = new Map(tokens.map((token, index) => [token, index]))
  const times = new Map<number, number>()
  let newest = -1
  let outOfOrder = 0
  let lastAt = performance.now()
  const end = way.hearer.listen((heard) => {
    const place = places.get(way.tokenOf(heard) ?? '')
    if (place === undefined) return
    if (!times.has(place) && place < newest) outOfOrder++
    times.set(place, (times.get(place) ?? 0) + 1)
    newest = Math.max(newest, place)
    lastAt = heard.at
  })
  const saidAt = performance.now()
  way.sayAll(tokens)
  while (times.size < count && performance.now() - lastAt < 3_000) await pause(2)
  const rate = (times.size / (lastAt - saidAt)) * 1_000
  // A double would come right after.
  await pause(200)
  end()
  const doubled = [...times.values()].filter((n) => n > 1).length
  return { rate, lost: count - times.size, doubled, outOfOrder }
}
