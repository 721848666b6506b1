import { BreakroomError } from '../../../core/errors.ts'
import { wasNeverSent } from './never-sent.ts'

/**
 * Posts to an address that Slack gave. Rejects with `unavailable`, `detail.maybeDone` telling whether it may have arrived. What it
 * answered with is read to its end.
 */
export async function postTo(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
  callMs: number,
): Promise<{ ok: boolean; status: number; text: string }> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
      redirect: 'error',
      signal: AbortSignal.timeout(callMs),
    })
    return { ok: answer.ok, status: answer.status, text: await answer.text() }
  } catch (error) {
    throw new BreakroomError('unavailable', 'An address that Slack gave did not answer.', {
      detail: { maybeDone: !wasNeverSent(error) },
    })
  }
}
