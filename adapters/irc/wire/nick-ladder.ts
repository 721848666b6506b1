/** The nicks to try at registration, without end: `cto`, `cto_`, `cto-2`, `cto-3`, ... */
export function* nickLadder(wanted: string): Generator<string, never> {
  yield wanted
  yield `${wanted}_`
  for (let n = 2; ; n++) yield `${wanted}-${n}`
}

/** What the ladder adds to the wanted nick. */
export const ladderSuffix = /(_|-\d{1,4})$/
