import { BreakroomError, isBreakroomError } from '../../../core/errors.ts'
import { fileTitle } from '../message-ids.ts'
import { postTo } from '../web/post-to.ts'
import { isSlackAddress } from '../web/slack-address.ts'
import type { Place } from './places.ts'
import { type Outcome, outcomeOf } from './post-message.ts'

/**
 * Puts a text as a file into a thread, under the title that tells whose it is. Only the last step shows anything; when one before it
 * fails, nothing was done. `shown` has the id of the file for a time stamp: Slack does not say in which message it stands.
 */
export function uploadText(
  place: Place,
  file: { id: string; text: string; thread: string },
  options: { apiUrl: string; callMs: number; signal: AbortSignal },
): Promise<Outcome> {
  const { web, channel } = place
  const { signal } = options
  const bytes = new TextEncoder().encode(file.text)
  return outcomeOf(place, async () => {
    const { file_id: id } = await beforeAnythingShows(async () => {
      const given = await web.call(
        'files.getUploadURLExternal',
        { filename: 'text.md', length: bytes.length },
        { signal },
      )
      const url = String(given.upload_url)
      if (!isSlackAddress(url, options.apiUrl)) {
        throw new BreakroomError('refused', 'The address for a file is not at Slack.', {
          detail: { error: 'foreign_upload_url' },
        })
      }
      await sendBytes(url, bytes, options.callMs)
      return given
    })
    await web.call(
      'files.completeUploadExternal',
      { files: [{ id, title: fileTitle(file.id) }], channel_id: channel, thread_ts: file.thread },
      { signal },
    )
    return { ts: String(id) }
  })
}

async function beforeAnythingShows<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (!isBreakroomError(error, 'unavailable')) throw error
    throw new BreakroomError('unavailable', error.message, { cause: error, detail: { maybeDone: false } })
  }
}

async function sendBytes(url: string, bytes: Uint8Array<ArrayBuffer>, callMs: number): Promise<void> {
  const answer = await postTo(url, bytes, 'application/octet-stream', callMs)
  if (!answer.ok) throw new BreakroomError('unavailable', `Slack did not take a file: HTTP ${answer.status}.`)
}
