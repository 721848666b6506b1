import { embeddedNetwork } from '../core/fleet.ts'
import type { Configuration } from './configuration.ts'

/** What `up` prints when everybody is in the room: where to join, what to type first, how to stop. */
export function welcome(facts: {
  configuration: Configuration
  irc: { host: string; port: number }
  http: string
  /** The founder's word, the first time only. */
  word: string | null
  /** Who stands still from before, as of `stopsSentence`. */
  stopped: string | null
}): string {
  const { configuration, irc, http, word, stopped } = facts
  const room = embeddedRoom(configuration)
  const rows = [
    [
      'Join',
      room === null
        ? 'the networks in breakroom.yaml'
        : `${room} on ${irc.host} port ${irc.port}, with any IRC client, no TLS`,
    ],
    ['Say', 'cto: ping'],
    ['Help', '!help'],
    ...(word === null
      ? []
      : [['Founder', `/msg breakroom !login ${word}   (shown this once; it gives you founder's rights)`]]),
    ['Health', `${http}/healthz`],
    ...(stopped === null ? [] : [['Stopped', stopped]]),
    ['Stop', 'Ctrl-C; what was said is kept'],
  ]
  const count = configuration.roles.length
  return [
    `Breakroom is up: ${count} roles are in the room.`,
    '',
    ...rows.map(([k, v]) => `  ${k?.padEnd(9)}${v}`),
  ].join('\n')
}

/** The first room of the network that we bring along, or null. */
export function embeddedRoom({ fleet }: Configuration): string | null {
  const embedded = embeddedNetwork(fleet)
  return (embedded && Object.values(embedded.rooms)[0]) ?? null
}
