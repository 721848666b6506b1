import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { fleetSchema } from '../core/fleet.ts'
import { roleSchema } from '../core/role.ts'

// What editors know of our files is made from what the program accepts. `--check` writes nothing and fails when they differ.

const clone = resolve(import.meta.dirname, '..')
const check = process.argv.includes('--check')

const schemas: Record<string, z.ZodType> = {
  'roles/role.schema.json': roleSchema,
  'deploy/fleet.schema.json': fleetSchema,
}

for (const [file, schema] of Object.entries(schemas)) {
  // Draft 7 is what the YAML language server reads best; `input` is what people write, before defaults.
  const text = `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }), null, 2)}\n`
  if (text === present(file)) continue
  if (check) {
    process.stderr.write(`${file} is out of date: run "npm run schema"\n`)
    process.exitCode = 1
  } else {
    writeFileSync(join(clone, file), text)
    process.stdout.write(`wrote ${file}\n`)
  }
}

function present(file: string): string | null {
  try {
    return readFileSync(join(clone, file), 'utf8')
  } catch {
    return null
  }
}
