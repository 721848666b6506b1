import { setTimeout as pause } from 'node:timers/promises'
import { fleetRoom, type TestFleet } from '../../test/support/fleet.ts'
import { type RawClient, rawClient } from '../raw-client.ts'
import { type Speaker, speakers } from './plan.ts'

/** People in the room. They come back when the network was away. */
export interface People extends AsyncDisposable {
  /** Says a line in the room as soon as that person is there; resolves with when that was, by `performance.now()`. */
  say(speaker: Speaker, text: string): Promise<number>
  /** Whether the person has been there since that moment without a break. */
  stayedSince(speaker: Speaker, moment: number): boolean
}

/** `hear` is given each message that is said in the room, once for each person who hears it. */
export async function bringPeople(
  fleet: TestFleet,
  hear: (nick: string, text: string, by: Speaker) => void,
): Promise<People> {
  const ending = new AbortController()
  const there = new Map<Speaker, { client: RawClient; since: number }>()
  const staying = speakers.map(stay)

  async function stay(nick: Speaker): Promise<void> {
    while (!ending.signal.aborted) {
      const known = there.get(nick)
      if (known === undefined || known.client.closed) {
        there.delete(nick)
        const client = await arrive(nick).catch(() => null)
        if (client !== null) there.set(nick, { client, since: performance.now() })
      }
      await pause(50)
    }
  }

  async function arrive(nick: Speaker): Promise<RawClient> {
    const client = await rawClient(fleet.ready.irc?.port ?? 0, nick)
    client.listen(({ nick: by, target, text }) => {
      if (target === fleetRoom) hear(by, text, nick)
    })
    await client.join(fleetRoom).catch((error) => {
      client[Symbol.dispose]()
      throw error
    })
    return client
  }

  return {
    async say(speaker, text) {
      while (!ending.signal.aborted) {
        const place = there.get(speaker)
        if (place !== undefined && !place.client.closed) {
          place.client.say(fleetRoom, text)
          return performance.now()
        }
        await pause(20)
      }
      return performance.now()
    },
    stayedSince(speaker, moment) {
      const place = there.get(speaker)
      return place !== undefined && !place.client.closed && place.since <= moment
    },
    async [Symbol.asyncDispose]() {
      ending.abort()
      for (const { client } of there.values()) client[Symbol.dispose]()
      await Promise.all(staying)
      for (const { client } of there.values()) client[Symbol.dispose]()
    },
  }
}
