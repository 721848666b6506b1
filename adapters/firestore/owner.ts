import { BreakroomError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { OwnedStore } from '../../ports/store.ts'
import type { FirestoreDatabase, StoredDocument } from './database.ts'
import { titleOf } from './errors.ts'
import { type FirestoreLayout, layoutVersion } from './layout.ts'

/** Whose the organisation's documents are, in its root. Asking is one read, taking over one more and a write. */
export function createOwnerDocument({
  database,
  layout,
  clock,
}: {
  database: FirestoreDatabase
  layout: FirestoreLayout
  clock: Clock
}): Pick<OwnedStore, 'owner' | 'own'> {
  const path = layout.root

  async function root(): Promise<StoredDocument | null> {
    const found = (await database.read([path])).get(path) ?? null
    const version = Number(found?.fields.layout ?? layoutVersion)
    if (version > layoutVersion) {
      throw new BreakroomError(
        'refused',
        `${titleOf(database.target)}: a newer Breakroom keeps its memory there (layout ${version}, this one knows ${layoutVersion}). Update this one.`,
        { detail: { rule: 'invalid', layout: version } },
      )
    }
    return found
  }

  return {
    async owner() {
      return fleetOf(await root())
    },
    async own(fleet, from) {
      const before = await root()
      const conflict = new BreakroomError('conflict', `${titleOf(database.target)}, has changed hands meanwhile.`, {
        detail: { owner: fleetOf(before) },
      })
      if (fleetOf(before) !== from) throw conflict
      const fields = { org: layout.org, layout: layoutVersion, fleet, since: clock.now(), taken_from: from }
      const written = await database.write([{ path, fields, only: before?.updateTime ?? 'missing' }])
      if (written === null) throw conflict
    },
  }
}

function fleetOf(root: StoredDocument | null): string | null {
  const fleet = root?.fields.fleet
  return typeof fleet === 'string' && fleet !== '' ? fleet : null
}
