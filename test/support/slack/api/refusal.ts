import type { Json } from '../message.ts'

/** A call that is answered `ok: false`. The code is one of those on the method's page of docs.slack.dev. */
export class Refusal extends Error {
  readonly code: string
  readonly more: Json

  constructor(code: string, more: Json = {}) {
    super(`${code} ${JSON.stringify(more)}`)
    this.code = code
    this.more = more
  }
}
