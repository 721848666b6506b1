import type { SlackApp } from '../app.ts'
import type { Json } from '../message.ts'
import type { World } from '../world.ts'

/** Whose token came with a call. */
export interface Caller {
  app: SlackApp
  token: string
}

export interface Call {
  world: World
  caller: Caller
  args: Json
}

/** One method of the Web API: answers with the fields beside `ok`, or throws a Refusal. */
export type Method = (call: Call) => Json
