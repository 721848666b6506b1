/** What JSON calls an object; nothing in it is checked. */
export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What came over the wire as an object, empty when it is none. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** A JSON text that is an object, or null for everything else. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** Where the next page of an answer begins, or null when it was the last. */
export function nextCursorOf(answer: JsonObject): string | null {
  const { next_cursor: next } = asObject(answer.response_metadata)
  return typeof next === 'string' && next !== '' ? next : null
}
