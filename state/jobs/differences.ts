import type { JobStatus } from '../../core/state/request.ts'

/** Where a task is not the same in two places, which are called `left` and `right` here. */
export interface TaskDifference {
  /** As what it stands there; null where it is not at all. */
  left: number | null
  right: number | null
  /** Versions of commits that only one has, or that are not the same, or stand at another place. */
  onlyLeft: number[]
  onlyRight: number[]
  unlike: number[]
}

/** Differences as they are found: all are counted, and what is said of the first is remembered. */
export interface Differences {
  /** Something about a task, by its key. */
  ofTask(key: string, note: (difference: TaskDifference) => void): void
  /** Something else, in words. */
  say(sentence: string): void
  /** What there is to say, with labels for keys and names for the two places. */
  told(
    labelOf: (key: string) => Promise<string>,
    names: readonly [string, string],
  ): Promise<Pick<JobStatus, 'differences' | 'different'>>
}

const mostSaid = 20

export function createDifferences(): Differences {
  const tasks = new Map<string, TaskDifference>()
  /** Of whom nothing is remembered but that. */
  const more = new Set<string>()
  const sentences: string[] = []
  let others = 0

  return {
    ofTask(key, note) {
      const known = tasks.get(key) ?? { left: null, right: null, onlyLeft: [], onlyRight: [], unlike: [] }
      if (!tasks.has(key) && tasks.size >= mostSaid) more.add(key)
      else tasks.set(key, known)
      note(known)
    },
    say(sentence) {
      others += 1
      if (sentences.length < mostSaid) sentences.push(sentence)
    },
    async told(labelOf, names) {
      const ofTasks = []
      for (const [key, difference] of tasks) ofTasks.push(taskDifferenceLine(await labelOf(key), difference, names))
      return {
        differences: [...ofTasks, ...sentences].slice(0, mostSaid),
        different: tasks.size + more.size + others,
      }
    },
  }
}

/** `t-13 is at version 4 in SQLite and at 3 in Firestore`. */
export function taskDifferenceLine(
  label: string,
  { left, right, onlyLeft, onlyRight, unlike }: TaskDifference,
  [one, other]: readonly [string, string],
): string {
  if (left !== null && right === null) return `${label} is at version ${left} in ${one} and not in ${other}`
  if (left === null && right !== null) return `${label} is at version ${right} in ${other} and not in ${one}`
  if (left !== right) return `${label} is at version ${left} in ${one} and at ${right} in ${other}`
  const moved = onlyLeft.filter((version) => onlyRight.includes(version))
  const missing = [
    ...missingWords(without(onlyLeft, moved), other),
    ...missingWords(without(onlyRight, moved), one),
    ...(unlike.length === 0 ? [] : [`${commits(unlike)} not the same in ${one} and ${other}`]),
    ...(moved.length === 0 ? [] : [`${commits(moved)} at another place in ${one} than in ${other}`]),
  ]
  if (missing.length === 0) return `${label} does not stand the same in ${one} and ${other}`
  return `of ${label} ${missing.join(', and ')}`
}

function missingWords(versions: number[], where: string): string[] {
  return versions.length === 0 ? [] : [`${commits(versions)} not in ${where}`]
}

function commits(versions: number[]): string {
  const shown = versions.slice(0, 5).join(', ')
  const more = versions.length > 5 ? ` and ${versions.length - 5} more` : ''
  return versions.length === 1 ? `commit ${shown} is` : `commits ${shown}${more} are`
}

function without(versions: number[], others: number[]): number[] {
  return versions.filter((version) => !others.includes(version))
}
