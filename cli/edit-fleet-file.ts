import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { editYaml, removeYamlItem, type YamlEdit } from '../adapters/yaml/edit-yaml.ts'
import { fleetFile } from '../adapters/yaml/load-fleet.ts'
import { configInvalid } from '../adapters/yaml/problem.ts'
import { readYaml } from '../adapters/yaml/read-yaml.ts'
import { fleetSchema } from '../core/fleet.ts'
import { checkFleet } from '../core/fleet-check.ts'

/** An item of a list that is to go. */
export interface Removal {
  remove: readonly (string | number)[]
}

/**
 * Writes values into the folder's breakroom.yaml and leaves the rest of it as it is; returns whether anything changed. Readers see
 * the old file or the new one. Throws `config_invalid`, with the file untouched, when a fleet would not start with it.
 */
export function editFleetFile(folder: string, edits: readonly (YamlEdit | Removal)[], roleNames: string[]): boolean {
  const path = realpathSync(join(folder, fleetFile))
  const before = readFileSync(path, 'utf8')
  const after = edits.reduce(
    (text, edit) => ('remove' in edit ? removeYamlItem(text, edit.remove) : editYaml(text, edit)),
    before,
  )
  if (after === before) return false
  const draft = `${path}.${process.pid}.new`
  try {
    writeFileSync(draft, after, { mode: statSync(path).mode, flush: true })
    const read = readYaml(draft, fleetFile, fleetSchema)
    if ('problems' in read) throw configInvalid(read.problems)
    const { value, places } = read
    const problems = checkFleet(value, roleNames).map((problem) => ({
      file: fleetFile,
      message: problem.message,
      ...places.of(problem.path, problem.at),
    }))
    if (problems.length > 0) throw configInvalid(problems)
    renameSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  return true
}
