import { createIrcNetwork } from '../../adapters/irc/network.ts'
import type { IrcNetworkOptions } from '../../adapters/irc/options.ts'
import type { ChatHandlers, ChatNetwork, HeardGap, HeardLine, OutgoingLine, OwnLine, Voice } from '../../ports/chat.ts'
import { quietLog, quietMetrics } from './quiet.ts'

type State = Parameters<ChatHandlers['onConnection']>[0]
type Ended = Parameters<ChatHandlers['onSessionEnd']>[0]

/** A started network that keeps what it was told. */
export interface RecordedNetwork extends AsyncDisposable {
  readonly network: ChatNetwork
  readonly lines: HeardLine[]
  readonly own: OwnLine[]
  readonly gaps: HeardGap[]
  readonly states: State[]
  readonly ended: Ended[]
  /** The texts heard in rooms, in order. */
  texts(): string[]
}

/** Starts an IRC network with the ear `breakroom` and the voices cto and ceo, all in #breakroom, unless told otherwise. */
export function startIrcNetwork(
  options: Partial<IrcNetworkOptions> & Pick<IrcNetworkOptions, 'port'> & { onLine?: (line: HeardLine) => void },
): RecordedNetwork {
  const { onLine, ...given } = options
  const network = createIrcNetwork({
    name: 'net',
    host: '127.0.0.1',
    ear: { nick: 'breakroom' },
    voices: ['cto', 'ceo'].map((role) => ({ role, nick: role, rooms: ['breakroom'] })),
    rooms: new Map([['breakroom', '#breakroom']]),
    heardUpTo: async () => null,
    stampKey: 'a key for tests',
    pace: null,
    clock: { now: () => new Date(), monotonic: () => performance.now() },
    random: Math.random,
    log: quietLog,
    metrics: quietMetrics,
    ...given,
    timing: { retryBase: 50, retryCap: 300, rejoin: 50, regain: 100, ...given.timing },
  })
  const recorded: RecordedNetwork = {
    network,
    lines: [],
    own: [],
    gaps: [],
    states: [],
    ended: [],
    texts: () => recorded.lines.filter((line) => line.room !== null).map((line) => line.text),
    [Symbol.asyncDispose]: () => network.stop(),
  }
  network.start({
    onLine(line) {
      recorded.lines.push(line)
      onLine?.(line)
    },
    onOwn: (line) => void recorded.own.push(line),
    onGap: (gap) => void recorded.gaps.push(gap),
    onSessionEnd: (session) => void recorded.ended.push(session),
    onConnection: (state) => void recorded.states.push(state),
  })
  return recorded
}

export function asRole(role: string): Voice {
  return { kind: 'role', role }
}

/** A line of the cto's in #breakroom, with what a test does not care about filled in. */
export function roomLine(id: string, text: string, more: Partial<OutgoingLine> = {}): OutgoingLine {
  return { id, as: asRole('cto'), target: { room: 'breakroom' }, kind: 'say', text, mergeable: false, ...more }
}
