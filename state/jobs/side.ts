import { createStateDigest } from '../../core/state/state-digest.ts'
import type { Store } from '../../ports/store.ts'

/** A store that is read to be compared, with what is worked out of it. */
export interface Side {
  store: Store
  digest: ReturnType<typeof createStateDigest>
  /** The newest version of each task, as far as is compared. */
  newest: Map<string, number>
}

export function createSide(store: Store): Side {
  return { store, digest: createStateDigest(), newest: new Map() }
}

/** `SQLite` of `SQLite, /home/ada/.breakroom/state/state.sqlite`. */
export function nameOf({ title }: Store): string {
  return title.split(',')[0] ?? title
}

/** What people call the task of this key, as far as the store knows it. */
export async function labelIn(store: Store, key: string): Promise<string> {
  return (await store.task(key))?.label ?? `the task ${key}`
}

/** What is read where there is no store. */
export async function* nothing<T>(): AsyncGenerator<T> {}
