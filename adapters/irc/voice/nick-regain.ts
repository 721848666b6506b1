import type { IrcLine } from '../wire/line.ts'

/** Takes the wanted nick back when somebody else, or our own ghost, has it. */
export interface NickRegain {
  /** Looks whether there is something to regain, after registration and after each change of our nick; `monitors` when the server can tell. */
  check(monitors: boolean): void
  /** A line that may tell that the nick is free. */
  onLine(line: IrcLine): void
  stop(): void
}

/** For one connection. Asks the server to tell when the nick is free, or looks every `everyMs` where it cannot; `send` takes one line. */
export function createNickRegain(options: {
  wanted: string
  current(): string
  /** True when we have an account, so that services may help. */
  loggedIn: boolean
  everyMs: number
  fold(name: string): string
  send(line: string): void
}): NickRegain {
  const { wanted, current, fold, send } = options
  let timer: NodeJS.Timeout | null = null
  let watching = false

  const stop = () => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }
  return {
    check(monitors) {
      if (current() === wanted) {
        if (watching && monitors) send(`MONITOR - ${wanted}`)
        watching = false
        return stop()
      }
      if (watching) return
      watching = true
      if (options.loggedIn) send(`NS GHOST ${wanted}`)
      if (monitors) send(`MONITOR + ${wanted}`)
      else timer = setInterval(() => send(`ISON ${wanted}`), options.everyMs)
    },
    onLine(line) {
      if (!watching) return
      const names = (line.params.at(-1) ?? '').split(/[ ,]+/).map((name) => fold(name.split('!')[0] ?? ''))
      const listed = names.includes(fold(wanted))
      if ((line.command === '731' && listed) || (line.command === '303' && !listed)) send(`NICK ${wanted}`)
    },
    stop,
  }
}
