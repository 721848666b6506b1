/** One thing that doctor looked at. `fix` says what to do, when something is to be done. */
export interface Finding {
  check: string
  state: 'ok' | 'warning' | 'failure'
  found: string
  fix?: string
}
