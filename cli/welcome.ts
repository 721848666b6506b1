import { embeddedNetwork } from '../core/fleet.ts'
import { answersQuestions } from '../core/role.ts'
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
  /** What is wrong, as sentences without an end. */
  troubles: string[]
}): string {
  const { configuration, irc, http, word, stopped, troubles } = facts
  const room = embeddedRoom(configuration)
  const rows = [
    [
      'Join',
      room === null
        ? 'the networks in breakroom.yaml'
        : `${room} on ${irc.host} port ${irc.port}, with any IRC client, no TLS`,
    ],
    ...slackRooms(configuration).map((shown) => ['Slack', shown]),
    ['Say', 'cto: ping'],
    ...questions(configuration),
    ['Help', '!help'],
    ...(word === null
      ? []
      : [['Founder', `/msg breakroom !login ${word}   (shown this once; it gives you founder's rights)`]]),
    ['Health', `${http}/healthz`],
    ...(stopped === null ? [] : [['Stopped', stopped]]),
    ...(troubles.length === 0 ? [] : [['Degraded', `${troubles.join('; ')}. "npx breakroom doctor" says why`]]),
    ['Stop', 'Ctrl-C; what was said is kept'],
  ]
  const count = configuration.roles.length
  return [
    `Breakroom is up: ${count} roles are in the room.`,
    '',
    ...rows.map(([k, v]) => `  ${k?.padEnd(10)}${v}`),
  ].join('\n')
}

/** What can be asked first, where somebody answers questions. */
function questions({ roles, fleet }: Configuration): string[][] {
  const seat = roles.find(answersQuestions)
  return seat === undefined || fleet.knowledge.corpus.length === 0 ? [] : [['Ask', `${seat.nick}: what is a doorbell?`]]
}

/** The first room of the network that we bring along, or null. */
export function embeddedRoom({ fleet }: Configuration): string | null {
  const embedded = embeddedNetwork(fleet)
  return (embedded && Object.values(embedded.rooms)[0]) ?? null
}

/** The first channel of each workspace of Slack, and what to say there. */
function slackRooms({ fleet }: Configuration): string[] {
  return fleet.platforms.flatMap((platform) => {
    const [first] = platform.kind === 'slack' ? Object.entries(platform.rooms) : []
    if (first === undefined) return []
    const [room, channel] = first
    const where = channel.startsWith('#') ? channel : `the channel of ${room}`
    return [`${where} in ${platform.name}: "@breakroom cto ping", /br help`]
  })
}
