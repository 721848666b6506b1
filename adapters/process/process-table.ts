import { readdir, readFile } from 'node:fs/promises'

/** One process of this machine at one moment, as Linux shows it. */
export interface SeenProcess {
  pid: number
  parent: number
  /** Its process group. */
  group: number
  /** When it began, in hundredths of a second since the machine did. */
  startTicks: number
  /** What it was started with, as `NAME=value` and a NUL each. Empty for those of other people: theirs cannot be read. */
  environment: string
}

/** All that run; on Linux alone. Who cannot be looked at is not among them, nor is who has ended and is not buried. */
export async function seenProcesses(): Promise<SeenProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  return (await Promise.all(pids.map(look))).filter((one) => one !== null)
}

async function look(pid: number): Promise<SeenProcess | null> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  const [stat, environment] = await Promise.all([read('stat'), read('environ')])
  // The name in parentheses may hold anything, so count from its end: state, parent, process group; the start is the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parent, group] = fields
  if (state === undefined || parent === undefined || state === 'Z' || state === 'X') return null
  return { pid, parent: Number(parent), group: Number(group), startTicks: Number(fields[19]), environment }
}

/** What a variable was when the process was started, or null. */
export function variableOf({ environment }: SeenProcess, name: string): string | null {
  const [, entry] = `\0${environment}`.split(`\0${name}=`, 2)
  return entry?.split('\0', 1)[0] ?? null
}
