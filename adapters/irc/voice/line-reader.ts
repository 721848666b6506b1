import type { OpenBatch } from '../wire/batches.ts'
import { type IrcLine, tagOf } from '../wire/line.ts'
import type { Link } from './link.ts'
import { joinRefusals } from './room-joins.ts'

/**
 * Reads what comes on a voice's connection: what became of what it said, its own comings and goings, what is said to it alone.
 * `listen` gets every line once answers are known; `hearDirect` gives the line to answer with, or null.
 */
export function createLineReader(options: {
  fold(name: string): string
  listen(line: IrcLine, batch: OpenBatch | null): void
  hearDirect(line: IrcLine): string | null
  onJoined(to: Link, channel: string): void
  onLeft(to: Link, channel: string): void
}): (to: Link, line: IrcLine, batch: OpenBatch | null) => void {
  const { fold, hearDirect, onJoined, onLeft } = options

  const message = (to: Link, line: IrcLine, isAnswer: boolean) => {
    const { nick, queue } = to.connection
    if (line.nick === nick) {
      if (!isAnswer) to.deliveries.echoed(line)
    } else if (fold(line.params[0] ?? '') === fold(nick)) {
      const answer = hearDirect(line)
      if (answer !== null) queue.courtesy(answer)
    }
  }

  const other = (to: Link, line: IrcLine, isAnswer: boolean) => {
    const target = line.params[1] ?? ''
    if (!isAnswer) to.deliveries.refused(line)
    if (joinRefusals.has(line.command) && !to.joins.isJoined(target)) to.joins.lost(target)
    to.regain.onLine(line)
    to.accounts.onLine(line)
  }

  return (to, line, batch) => {
    const label = labelOf(line, batch)
    if (label !== null) passAnswer(to, label, line)
    options.listen(line, batch)
    const { nick } = to.connection
    const [first = '', second = ''] = line.params
    switch (line.command) {
      case 'PRIVMSG':
        return message(to, line, label !== null || batch?.type === 'chathistory')
      case 'JOIN':
        return line.nick === nick ? onJoined(to, first) : undefined
      case 'KICK':
        return second === nick ? onLeft(to, first) : undefined
      case 'PART':
        return line.nick === nick ? onLeft(to, first) : undefined
      default:
        return other(to, line, label !== null)
    }
  }
}

/** The label of the request of ours that a line answers, or null. */
function labelOf(line: IrcLine, batch: OpenBatch | null): string | null {
  const own = line.tags === '' ? null : tagOf(line, 'label')
  return (own ?? batch?.label) || null
}

/** The end of a batch is the end of an answer; its beginning says nothing yet. */
function passAnswer(to: Link, label: string, line: IrcLine): void {
  if (line.command !== 'BATCH') to.deliveries.answered(label, line)
  else if (line.params[0]?.startsWith('-')) to.deliveries.answered(label, null)
}
