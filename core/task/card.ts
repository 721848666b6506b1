import type { Task } from './task.ts'
import type { TaskWorld } from './world.ts'

/** A task as a card shows it: what platforms draw, each in its own way. Texts are untrusted data; buttons and states are made here. */
export interface TaskCard {
  key: string
  label: string
  title: string
  role: string
  /** `open`, `being worked on by alice`, `waits for a person's yes`, ... */
  state: string
  /** Said in words by `state` too; never by a colour or an emoji alone. */
  tone: 'quiet' | 'active' | 'attention' | 'done' | 'failed'
  requester: string
  priority: Task['priority']
  /** ISO 8601, or null. */
  due: string | null
  criteria: string[]
  /** What the system saw of its steps, in their order. */
  evidence: { words: string; passed: boolean | null }[]
  result: string | null
  /** Why it is stuck, came back, failed or was cancelled. */
  reason: string | null
  /** What waits for a person's yes: exactly what is approved, what it means, and until when. */
  approval: { call: string; risk: string; expires: string | null } | null
  actions: CardAction[]
}

/** What can be done with a press on a card. The press is a command like a typed one, with the same rights. */
export interface CardAction {
  /** Stable: `ack`, `done`, `approve`, `reject`, `reassign`, `stop`. */
  id: string
  label: string
  /** `ack t-13`. */
  command: string
  /** What has to be said with it; it is put behind the command. */
  asks: 'result' | 'reason' | 'role' | null
  /** What to ask before it is done. */
  confirm: string | null
}

/** The card of a task as it stands. */
export function taskCard(_task: Task, _now: Date, _world: TaskWorld): TaskCard {
  throw new Error('being written')
}

/** The whole command of a press that asked for something: what was said stands behind it, and is read back as it was said. */
export function commandWith(_command: string, _asks: NonNullable<CardAction['asks']>, _said: string): string {
  throw new Error('being written')
}
