/** The nicks to try at registration, without end: `cto`, `cto_`, `cto-2`, `cto-3`, ... */
export function* nickLadder(wanted: string): Generator<string, never> {
  yield wanted
  yield `${wanted}_`
  for (let n = 2; ; n++) yield `${wanted}-${n}`
}

const suffix = /(_|-\d{1,4})$/

/** The wanted nick that a nick of the ladder stands for, as far as one can tell: a wanted nick may look like a rung, too. */
export function wantedOf(nick: string): string {
  return nick.replace(suffix, '')
}
