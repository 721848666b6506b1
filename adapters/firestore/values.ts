/** The fields of a document: the few kinds that are kept. */
export type Fields = Record<string, string | number | boolean | Date | null>

/** A value as the protocol has it; whole numbers travel as text. */
export type Value =
  | { stringValue: string }
  | { integerValue: string }
  | { booleanValue: boolean }
  | { timestampValue: { seconds: string; nanos: number } }
  | { nullValue: 'NULL_VALUE' }
  | { referenceValue: string }

/** One of ours as the protocol has it. Numbers are whole; of a text that has half of a character, the call would fail each time. */
export function toValue(value: Fields[string]): Value {
  if (value === null) return { nullValue: 'NULL_VALUE' }
  if (typeof value === 'string') return { stringValue: value.toWellFormed() }
  if (typeof value === 'number') return { integerValue: String(value) }
  if (typeof value === 'boolean') return { booleanValue: value }
  const ms = value.getTime()
  const seconds = Math.floor(ms / 1_000)
  return { timestampValue: { seconds: String(seconds), nanos: (ms - seconds * 1_000) * 1e6 } }
}

export function toValues(fields: Fields): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toValue(value)]))
}

/** The fields that came. What is of another kind than ours is left out: somebody else wrote it. */
export function fromValues(values: Record<string, Partial<Record<string, unknown>>> | null | undefined): Fields {
  const fields: Fields = {}
  for (const [name, value] of Object.entries(values ?? {})) {
    const known = fromValue(value)
    if (known !== undefined) fields[name] = known
  }
  return fields
}

function fromValue(value: Partial<Record<string, unknown>>): Fields[string] | undefined {
  const { stringValue, integerValue, booleanValue, timestampValue } = value
  if (typeof stringValue === 'string') return stringValue
  if (typeof booleanValue === 'boolean') return booleanValue
  if (integerValue !== undefined && integerValue !== null) return Number(integerValue)
  if (timestampValue) {
    const { seconds, nanos } = timestampValue as { seconds: string; nanos: number }
    return new Date(Number(seconds) * 1_000 + nanos / 1e6)
  }
  return 'nullValue' in value ? null : undefined
}
