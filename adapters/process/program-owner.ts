import { createHash } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { hasEnded, type MarkedProcess, startMark } from '../servers/process-mark.ts'

/** The variable that tells every process of a run who started it: the house, its number, where that number counts, and its mark. */
export const ownerVariable = 'BREAKROOM_OWNER'

/** The process that started a run, and of which house it is. */
export interface Owner extends MarkedProcess {
  /** A hash of what names the house. */
  house: string
  /** In which namespace the pid is one: elsewhere another process has it. */
  space: string
}

/** The variable for what this process starts for a house; none where a process could not be told from a later one by it. */
export function ownerEnvironment(house: string): Record<string, string> {
  const space = pidSpace()
  const mark = space === null ? null : startMark(process.pid)
  return mark === null ? {} : { [ownerVariable]: `${houseHash(house)} ${process.pid} ${space} ${mark}` }
}

/** Who the variable says it is; null when it says something else. */
export function parseOwner(value: string): Owner | null {
  const [, house = '', pid = '', space = '', mark = ''] =
    /^([0-9a-f]{16}) ([1-9]\d{0,9}) (pid:\[\d+\]) (\S+)$/.exec(value) ?? []
  return house === '' ? null : { house, pid: Number(pid), space, mark }
}

/** True when somebody of this house started it who is certainly gone. */
export function isOrphaned(owner: Owner, house: string): boolean {
  return owner.house === houseHash(house) && owner.space === pidSpace() && hasEnded(owner)
}

/** The namespace of our own pid; null where that cannot be told, or where /proc is that of another one. */
function pidSpace(): string | null {
  if (process.platform !== 'linux') return null
  try {
    return readlinkSync('/proc/self') === String(process.pid) ? readlinkSync('/proc/self/ns/pid') : null
  } catch {
    return null
  }
}

function houseHash(house: string): string {
  return createHash('sha256').update(house).digest('hex').slice(0, 16)
}
