import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../ports/clock.ts'
import type { ProgramOutcome } from '../../ports/program.ts'
import type { RunJournal } from '../../ports/run-journal.ts'

/** A doorbell never rings again after so long; nobody asks for what is older. */
const keptMs = 30 * 86_400_000

/** A journal in `folder`, a file for each run, which several processes of one machine may share. */
export function createDiskRunJournal({ folder, clock }: { folder: string; clock: Clock }): RunJournal {
  let tidied: Promise<void> | null = null
  const fileOf = (key: string) => join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`)

  return {
    outcome: async (key) => (await read(fileOf(key)))?.outcome ?? null,
    async begin(key) {
      tidied ??= tidy()
      await tidied
      const before = await read(fileOf(key))
      if (before === null) await write(fileOf(key), { outcome: null })
      return before !== null
    },
    end: (key, outcome) => write(fileOf(key), { outcome }),
    forget: (key) => rm(fileOf(key), { force: true }),
  }

  async function tidy(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const oldest = clock.now().getTime() - keptMs
    for (const name of await readdir(folder)) {
      const file = join(folder, name)
      const age = await stat(file).catch(() => null)
      if (age !== null && age.mtimeMs < oldest) await rm(file, { force: true })
    }
  }
}

async function read(file: string): Promise<{ outcome: ProgramOutcome | null } | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return null
  }
}

/** A kill leaves the old file or the new one, a power cut too. */
async function write(file: string, entry: { outcome: ProgramOutcome | null }): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(entry), { mode: 0o600 })
  const handle = await open(`${file}.new`, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}
