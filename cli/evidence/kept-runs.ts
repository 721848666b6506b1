import { createHash, type KeyObject } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasPassed, isSigned, type SignedRun, signedRunSchema } from '../../core/evidence/run.ts'
import type { Repository } from './repository.ts'

type At = Pick<Repository, 'gitFolder'>

/** A signed run is far smaller. Bytes. */
const largest = 64_000
/** Of one tree there are as many as there are checks. */
const mostOfTree = 200

/** Keeps a run beside the history of its files, as a whole; null when it is of no certain files. Gives the path. */
export function keepRun({ gitFolder }: At, signed: SignedRun): string | null {
  const { tree, check } = signed.run
  if (tree === null) return null
  const folder = join(gitFolder, 'breakroom', 'evidence')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${tree}-${createHash('sha256').update(check).digest('hex').slice(0, 12)}.json`)
  const temporary = `${path}.${process.pid}.new`
  writeFileSync(temporary, `${JSON.stringify(signed, null, 2)}\n`)
  renameSync(temporary, path)
  return path
}

/** Runs that passed on just this tree, as the house signed them. What lies there is anybody's writing: all else is passed over. */
export function passingRuns({ gitFolder }: At, tree: string, publicKey: string | KeyObject): SignedRun[] {
  const folder = join(gitFolder, 'breakroom', 'evidence')
  return namesIn(folder)
    .filter((name) => name.startsWith(`${tree}-`) && name.endsWith('.json'))
    .slice(0, mostOfTree)
    .flatMap((name) => readRun(join(folder, name)) ?? [])
    .filter((signed) => signed.run.tree === tree && hasPassed(signed.run) && isSigned(signed, publicKey))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readRun(path: string): SignedRun | null {
  try {
    const found = statSync(path)
    if (!found.isFile() || found.size > largest) return null
    return signedRunSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}
