import { hash } from 'node:crypto'
import type { Task } from '../task/task.ts'
import type { StateCounts, StateEntry } from './entry.ts'
import { fitTask } from './fit-task.ts'

export interface StateDigest {
  add(entry: StateEntry): void
  addTask(task: Task): void
  /** So far. `tasks` counts what `addTask` was given and, where that was nothing, the tasks that the commits begin. */
  result(): { counts: StateCounts; sha256: string; tasks_sha256: string }
}

/**
 * Tells whether the same is in two stores: hashes of all entries (`sha256`) and of tasks as they stand (`tasks_sha256`), which come out the
 * same in whatever order they were added, and whichever way around their keys are. Each thing is to be added once. Of a task that is too
 * large for a document what is left of it there counts.
 *
 * Each hash is the sum of the SHA-256 of everything, modulo 2^256; unlike exclusive or, a sum does not forget what is there twice. Whoever
 * may choose many entries can make two sums meet. That wins them nothing: what is compared are two copies that the house wrote itself, to
 * find what went missing or was damaged, and whoever can write such entries can as well write them into both.
 */
export function createStateDigest(): StateDigest {
  const counts: StateCounts = { tasks: 0, commits: 0, knowledge: 0, configuration: 0, metrics: 0 }
  const [entries, tasks] = [createSum(), createSum()]
  let begun = 0
  return {
    add(entry) {
      counts[entry.section]++
      if (entry.section === 'commits' && entry.commit.version === 1) begun++
      entries.add(entry)
    },
    addTask(task) {
      counts.tasks++
      tasks.add(fitTask(task))
    },
    result: () => ({
      counts: { ...counts, tasks: counts.tasks || begun },
      sha256: entries.hex(),
      tasks_sha256: tasks.hex(),
    }),
  }
}

/**
 * JSON in which the same value is the same text: keys sorted by UTF-16 units, those that are undefined left out, no spaces. For values
 * that JSON can hold.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  let members = ''
  for (const key of Object.keys(value).sort()) {
    const inner = (value as Record<string, unknown>)[key]
    if (inner !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(inner)}`
  }
  return `{${members}}`
}

function createSum() {
  let sum = 0n
  return {
    add(value: unknown) {
      sum = BigInt.asUintN(256, sum + BigInt(`0x${hash('sha256', canonicalJson(value))}`))
    },
    hex: () => sum.toString(16).padStart(64, '0'),
  }
}
