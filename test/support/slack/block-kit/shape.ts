/** Says what is wrong with a value, naming where it stands; nothing when it is right. */
export type Check = (value: unknown, at: string) => string[]

export type Fields = Record<string, Check>

export const yesNo: Check = (value, at) => (typeof value === 'boolean' ? [] : [`${at} must be true or false`])

export const anything: Check = () => []

/** Text of 1 to `most` characters. */
export function string(most: number, least = 1): Check {
  return (value, at) => {
    if (typeof value !== 'string') return [`${at} must be a string`]
    if (value.length < least) return [`${at} must be at least ${least} characters long`]
    return value.length > most ? [`${at} must be at most ${most} characters long, it has ${value.length}`] : []
  }
}

export function pattern(form: RegExp, name: string): Check {
  return (value, at) => (typeof value === 'string' && form.test(value) ? [] : [`${at} must be ${name}`])
}

export function integer(least: number, most: number): Check {
  return (value, at) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? []
      : [`${at} must be an integer from ${least} to ${most}`]
}

export function oneOf(...values: string[]): Check {
  return (value, at) => (values.includes(String(value)) ? [] : [`${at} must be one of ${values.join(', ')}`])
}

export function list(item: Check, least: number, most: number): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return [`${at} must be a list`]
    const count = value.length
    const counted =
      count < least || count > most ? [`${at} must hold ${least} to ${most} items, it holds ${count}`] : []
    return [...counted, ...value.flatMap((entry, index) => item(entry, `${at}[${index}]`))]
  }
}

/** An object with exactly these fields; Slack refuses fields that it does not know. */
export function object(required: Fields, optional: Fields = {}, rule: Check = anything): Check {
  return (value, at) => {
    if (!isObject(value)) return [`${at} must be an object`]
    const known = { ...required, ...optional }
    const missing = Object.keys(required).filter((name) => value[name] === undefined)
    const unknown = Object.keys(value).filter((name) => known[name] === undefined)
    return [
      ...missing.map((name) => `${at}.${name} is missing`),
      ...unknown.map((name) => `${at}.${name} is not a field of it`),
      ...Object.entries(known).flatMap(([name, check]) =>
        value[name] === undefined ? [] : check(value[name], `${at}.${name}`),
      ),
      ...rule(value, at),
    ]
  }
}

/** An object whose `type` says which of these it is. */
export function typed(kinds: Record<string, Check>, noun: string): Check {
  return (value, at) => {
    if (!isObject(value)) return [`${at} must be an object`]
    const check = typeof value.type === 'string' && Object.hasOwn(kinds, value.type) ? kinds[value.type] : undefined
    return check === undefined ? [`${at}: "${String(value.type)}" is no ${noun} that may stand here`] : check(value, at)
  }
}

/** Exactly one of two fields. */
export function either(one: string, other: string): Check {
  return (value, at) => {
    const has = (name: string) => isObject(value) && value[name] !== undefined
    return has(one) !== has(other) ? [] : [`${at} must have either ${one} or ${other}`]
  }
}

export function pick(kinds: Record<string, Check>, ...names: string[]): Record<string, Check> {
  return Object.fromEntries(names.map((name) => [name, kinds[name] ?? anything]))
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
