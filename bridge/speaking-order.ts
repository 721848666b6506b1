import type { OutgoingLine } from '../ports/chat.ts'

/** Lines on their way to one network, and who has to wait for them. */
export interface SpeakingOrder {
  /** Lines that are not shown yet. */
  readonly size: number
  /** Resolves when the line may be posted. Ask for one line at a time, in stream order. */
  turnOf(post: OutgoingLine): Promise<void>
  /** The line was posted; it is on its way until `shown` resolves. */
  posted(post: OutgoingLine, shown: Promise<void>): void
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>
}

interface Flight {
  voice: string
  post: OutgoingLine
  since: number
  shown: Promise<void>
}

/** How time passes: `now` in ms, and a rest that ends early, or rejects, when `signal` aborts. */
interface Passing {
  now(): number
  rest(ms: number, signal: AbortSignal): Promise<unknown>
}

/** Longer than a network takes that lets us talk: a voice with an older line is held back by its pace, or away. */
const heldBackMs = 250
/** Lines on their way at once; each voice keeps their order. */
const window = 128

/**
 * One voice's lines keep their order by themselves, but two connections race to the server: a change of voice waits until what
 * was said before it is shown. Roles do not wait for a role that a network holds back, or one slow seat would make all of them
 * take turns at its pace and nothing could be merged; what a person said, and what is answered, is never overtaken.
 */
export function createSpeakingOrder({ now, rest }: Passing): SpeakingOrder {
  const flights = new Set<Flight>()
  let wake = () => {}

  return {
    get size() {
      return flights.size
    },
    async turnOf(post) {
      for (let ahead = inTheWayOf(post); ahead.length > 0 || flights.size >= window; ahead = inTheWayOf(post)) {
        // Looked at again when one is shown, and after a while: by then the one in the way may be one that is held back. Racing the
        // flights themselves would leave something on each of them at every look, for as long as a network is away.
        const nap = new AbortController()
        wake = () => nap.abort()
        await rest(heldBackMs, nap.signal).catch(() => {})
      }
    },
    posted(post, shown) {
      const flight = { voice: voiceOf(post), post, since: now(), shown }
      flights.add(flight)
      void shown.then(() => {
        flights.delete(flight)
        wake()
      })
    },
    async settled() {
      await Promise.all([...flights].map(({ shown }) => shown))
    },
  }

  function inTheWayOf(post: OutgoingLine): Flight[] {
    // Between one person and one voice there is no other voice.
    if ('nick' in post.target) return []
    const voice = voiceOf(post)
    const others = [...flights].filter((flight) => flight.voice !== voice)
    if (!post.mergeable) return others
    const heldBack = new Set(others.filter(({ since }) => now() - since >= heldBackMs).map((flight) => flight.voice))
    return others.filter((flight) => {
      const mayBeOvertaken = flight.post.mergeable && flight.post.id !== post.inReplyTo
      return !(mayBeOvertaken && heldBack.has(flight.voice))
    })
  }
}

function voiceOf({ as }: OutgoingLine): string {
  return as.kind === 'role' ? `role ${as.role}` : 'ear'
}
