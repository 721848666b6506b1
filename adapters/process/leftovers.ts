import { uptime } from 'node:os'
import type { Leftover, Leftovers } from '../../ports/leftovers.ts'
import { type SeenProcess, seenProcesses, variableOf } from './process-table.ts'
import { endFamily, type Family, familyAmong, parseRun, runVariable } from './program-family.ts'
import { isOrphaned, ownerVariable, parseOwner } from './program-owner.ts'

/** How long a program has after SIGTERM, in ms. */
const graceMs = 1_000

/**
 * Programs of a house whose owner, the process that started them, has ended. `house` is what `createPrograms` was given. Nothing is found
 * where environments cannot be read: elsewhere than on Linux, of other users, in containers that this one does not see.
 */
export function createLeftovers({ house }: { house: string }): Leftovers {
  return {
    async find() {
      if (process.platform !== 'linux') return []
      const seen = await seenProcesses()
      return runsAmong(seen).flatMap(([run, marked]) => (isLeft(marked, seen) ? [describe(run, marked, seen)] : []))
    },
    async end({ run }) {
      const seen = await seenProcesses()
      const marked = new Map(runsAmong(seen)).get(run)
      if (marked === undefined) return true
      return isLeft(marked, seen) && endFamily(familyOf(run, marked), graceMs)
    },
  }

  /** All of them must say so: what one says alone may have been copied from another run. */
  function isLeft(marked: SeenProcess[], seen: SeenProcess[]): boolean {
    return !isOurs(marked, seen) && marked.every((one) => isOrphan(one))
  }

  function isOrphan(one: SeenProcess): boolean {
    const owner = parseOwner(variableOf(one, ownerVariable) ?? '')
    return owner !== null && isOrphaned(owner, house)
  }
}

/** By what the variable of the run says. */
function runsAmong(seen: SeenProcess[]): [run: string, marked: SeenProcess[]][] {
  const runs = Map.groupBy(seen, (one) => variableOf(one, runVariable))
  return [...runs].flatMap(([run, marked]) => (run === null || parseRun(run) === null ? [] : [[run, marked]]))
}

/** Those that hide their mark are known by the group in which the program was started. */
function familyOf(run: string, marked: SeenProcess[]): Family {
  return { mark: run, id: null, ...parseRun(run), group: eldest(marked).group }
}

/** A fleet may itself have been started by a run that is over: it does not end itself, nor who is with it. */
function isOurs(marked: SeenProcess[], seen: SeenProcess[]): boolean {
  const byPid = new Map(seen.map((one) => [one.pid, one]))
  const self = byPid.get(process.pid)
  const ours = new Set<number>()
  for (let at = self; at !== undefined && !ours.has(at.pid); at = byPid.get(at.parent)) ours.add(at.pid)
  return marked.some(({ pid, group }) => ours.has(pid) || group === self?.group)
}

function describe(run: string, marked: SeenProcess[], seen: SeenProcess[]): Leftover {
  const first = eldest(marked)
  const ageMs = uptime() * 1_000 - first.startTicks * 10
  return {
    run,
    role: variableOf(first, 'BREAKROOM_ROLE'),
    task: variableOf(first, 'BREAKROOM_TASK'),
    since: new Date(Date.now() - ageMs),
    processes: familyAmong(seen, familyOf(run, marked)).length,
  }
}

/** The one that was started, or what is left of those that it started; who made a group of its own came later. */
function eldest(marked: SeenProcess[]): SeenProcess {
  return marked.reduce((first, one) => (one.startTicks < first.startTicks ? one : first))
}
