/** What a monitor is told. */
export interface Health {
  /** `ok` when all is well, `degraded` when something is wrong but lines are still accepted. */
  state: 'ok' | 'degraded'
  parts: Record<string, string[]>
}

/** Health of the parts in this process, by the troubles each reports. */
export function healthOf(parts: readonly { name: string; troubles(): string[] }[]): Health {
  const troubles = parts.map((part) => [part.name, part.troubles()] as const)
  return {
    // With no part at all nobody is left who could have a trouble.
    state: troubles.length === 0 || troubles.some(([, list]) => list.length > 0) ? 'degraded' : 'ok',
    parts: Object.fromEntries(troubles),
  }
}
