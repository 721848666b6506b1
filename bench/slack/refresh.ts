import { setTimeout as pause } from 'node:timers/promises'
import type { AppSocket } from '../../test/support/slack/interface.ts'
import type { BenchWorkspace } from './workspace.ts'

/**
 * Tells every app to leave each of its two sockets, one at a time, app after app, round after round, evenly over the seconds. Resolves with
 * how many were told.
 */
export async function refreshInTurn(
  { slack, apps }: BenchWorkspace,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<number> {
  const told = new Set<AppSocket>()
  const turns = Array.from({ length: rounds * 2 }, () => apps).flat()
  const everyMs = (seconds * 1_000) / turns.length
  const begun = performance.now()
  for (const [index, app] of turns.entries()) {
    await pause(Math.max(0, begun + index * everyMs - performance.now()))
    // Those that were told stay open for a while.
    const socket = slack.sockets(app).find((one) => !told.has(one))
    if (socket === undefined) continue
    socket.disconnect('refresh_requested')
    told.add(socket)
  }
  return told.size
}
