import { createFirestoreDatabase } from '../../adapters/firestore/database.ts'
import { foldersWithBody } from '../../adapters/firestore/layout.ts'
import type { FirestoreEmulator } from './firestore-emulator.ts'
import { quietLog } from './quiet.ts'

/** Every document of the organisation but the root, with what is in it: its path below that -> its body. */
export async function documentsOf(
  { host, project }: Pick<FirestoreEmulator, 'host' | 'project'>,
  org = 'breakroom',
): Promise<Map<string, string>> {
  const target = { project, database: '(default)', keyFile: null, emulator: host }
  const database = createFirestoreDatabase({ target, deadlineMs: 30_000, emulatorToken: 'owner', log: quietLog })
  try {
    const found = await Promise.all(
      foldersWithBody.map((folder) => database.ask({ folder, below: null, where: { org } })),
    )
    const above = `breakroom/${org}/`
    return new Map(found.flat().map(({ path, fields }) => [path.replace(above, ''), `${fields.body}`]))
  } finally {
    await database.close()
  }
}
