import type { OutgoingLine, Posted } from '../../../ports/chat.ts'
import type { Link } from './link.ts'
import type { Outbox } from './outbox.ts'

/** What one voice says to people in private. */
export interface DirectSpeech {
  /** `account` is whom it is meant for; the nick alone proves nothing. */
  post(line: OutgoingLine, nick: string, account: string | null): Promise<Posted>
  /** A connection is registered: what waits may go. */
  resume(): void
  /** A person's lines are to be tried again. */
  reopen(target: string): Promise<void>
  end(): void
}

/** `admit` opens a nick in the outbox; `link` gives the registered connection. */
export function createDirectSpeech(options: {
  network: string
  outbox: Outbox
  link(): Link | null
  fold(name: string): string
  admit(to: Link, target: string, nick: string): void
}): DirectSpeech {
  const { network, outbox, link, fold } = options
  const turns = new Map<string, Promise<unknown>>()
  let ended = false
  let registered = Promise.withResolvers<void>()

  /** Opens a nick, once we know that it is still theirs. */
  const open = async (target: string): Promise<void> => {
    const { nick, account } = partsOf(target)
    while (!ended) {
      const to = link()
      if (to === null) {
        await registered.promise
        continue
      }
      // Without account tags the network has no accounts to compare.
      if (account !== null && to.connection.has('account-tag')) {
        const found = await to.accounts.accountOf(nick)
        if (link() !== to) continue
        if (found === undefined) return outbox.refuseTarget(target, `There is no ${nick} on ${network}.`)
        if (found === null || fold(found) !== fold(account)) {
          return outbox.refuseTarget(target, `${nick} on ${network} is not logged in as ${account}.`)
        }
      }
      return options.admit(to, target, nick)
    }
  }

  return {
    post(line, nick, account) {
      const target = directTarget(nick, account)
      // A line's turn comes when those before it to the same person have been checked and queued.
      const turn = (turns.get(target) ?? Promise.resolve()).then(async () => {
        if (account !== null) outbox.pause(target)
        const posted = outbox.post(target, line)
        posted.catch(() => undefined)
        if (!outbox.isOpen(target)) await open(target)
        return { posted }
      })
      const over = turn.catch(() => undefined)
      turns.set(target, over)
      void over.then(() => turns.get(target) === over && turns.delete(target))
      return turn.then(({ posted }) => posted)
    },
    resume() {
      registered.resolve()
      registered = Promise.withResolvers<void>()
      for (const target of outbox.closedTargets()) if (isDirectTarget(target)) void open(target)
    },
    reopen: open,
    end() {
      ended = true
      registered.resolve()
    },
  }
}

/** True for a key of the outbox that stands for one person, not for a room. */
export function isDirectTarget(target: string): boolean {
  return target.startsWith('direct ')
}

function directTarget(nick: string, account: string | null): string {
  return `direct ${nick} ${account ?? ''}`
}

function partsOf(target: string): { nick: string; account: string | null } {
  const [, nick = '', account = ''] = target.split(' ')
  return { nick, account: account === '' ? null : account }
}
