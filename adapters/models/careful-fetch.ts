/** The most that is read of one answer, bytes: some hundred vectors as text. */
const most = 32 * 1024 * 1024

/** A fetch that follows no redirect, so that no key goes where nobody sent it, and fails when an answer is larger than 32 MB. */
export function carefulFetch(fetch: typeof globalThis.fetch, limit = most): typeof globalThis.fetch {
  return async function fetchCarefully(input, init) {
    const response = await fetch(input, { ...init, redirect: 'error' })
    if (response.body === null) return response
    const { status, statusText, headers } = response
    return new Response(response.body.pipeThrough(limited(limit)), { status, statusText, headers })
  }
}

function limited(limit: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let size = 0
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.byteLength
      if (size > limit) controller.error(new Error(`the answer has more than ${limit} bytes`))
      else controller.enqueue(chunk)
    },
  })
}
