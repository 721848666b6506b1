import type { Log } from '../../ports/log.ts'
import { type Connection, connect } from './connection.ts'
import { closedError, type FirestoreTarget, firestoreError, isOvertaken } from './errors.ts'
import { asQuery, type Question } from './query.ts'
import { type Fields, fromValues, toValues } from './values.ts'

/** When a document was last written, by which it is told whether it still is the one that was read. */
export interface UpdateTime {
  seconds: string
  nanos: number
}

/** `path` is that below the database: `breakroom/ourorg/tasks/x`. */
export interface StoredDocument {
  path: string
  fields: Fields
  updateTime: UpdateTime
}

/** `only`: when there is no such document, or when it still is the one written then. */
export type Write = { path: string; fields: Fields; only?: 'missing' | UpdateTime } | { path: string; remove: true }

export interface Reader {
  /** Documents by path; those that are not there are left out. One read is counted for each. */
  read(paths: readonly string[], select?: readonly string[]): Promise<Map<string, StoredDocument>>
  /** One read is counted for each that is found, or one for none. */
  ask(question: Question): Promise<StoredDocument[]>
}

/** Documents of one Firestore database, in the calls that its protocol has. All of it rejects as `Store` does. */
export interface FirestoreDatabase extends Reader {
  readonly target: FirestoreTarget
  /** All writes or none; null when a document is not as `only` has it, else when each was written. */
  write(writes: readonly Write[]): Promise<UpdateTime[] | null>
  /** What `work` has read is what is there when its writes are done: whoever writes it meanwhile waits or gives up. */
  transact(work: (reader: Reader) => Promise<readonly Write[]>): Promise<void>
  /** Throws `closed` after `close`. */
  refuseWhenClosed(): void
  close(): Promise<void>
}

export interface DatabaseOptions {
  target: FirestoreTarget
  deadlineMs: number
  emulatorToken: string
  log: Log
}

/** Connects at the first use. A connection on which an answer was too late is not used again: it may be a dead one. */
export function createFirestoreDatabase(options: DatabaseOptions): FirestoreDatabase {
  const { target, deadlineMs, log } = options
  const databaseName = `projects/${target.project}/databases/${target.database}`
  const documents = `${databaseName}/documents`
  const nameOf = (path: string) => `${documents}/${path}`
  const pathOf = (name: string) => name.slice(documents.length + 1)

  let connecting: Promise<Connection> | null = null
  let closed = false
  const underWay = new Set<Promise<unknown>>()

  async function connected(): Promise<Connection> {
    connecting ??= connect(options)
    const mine = connecting
    try {
      return await inTime(mine, deadlineMs)
    } catch (error) {
      if (connecting === mine) connecting = null
      // It may yet come.
      void mine.then((late) => late.close()).catch(() => {})
      throw error
    }
  }

  function letGo(connection: Promise<Connection> | null): void {
    if (connection === null || connecting !== connection) return
    connecting = null
    log.warn({ store: target.project }, 'firestore: an answer was too late; the connection is made anew')
    void connection.then((old) => old.retire()).catch(() => {})
  }

  /** One call, with its errors as ours, but for those that say that a precondition did not hold. */
  async function call<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    refuseWhenClosed()
    let used: Promise<Connection> | null = null
    const working = (async () => {
      const connection = await connected()
      refuseWhenClosed()
      used = connecting
      return await work(connection)
    })()
    underWay.add(working)
    try {
      return await working
    } catch (cause) {
      if (closed) throw closedError()
      if (isOvertaken(cause)) throw cause
      const error = firestoreError(target, cause)
      if (error.detail.reason === 'slow') letGo(used)
      throw error
    } finally {
      underWay.delete(working)
    }
  }

  function refuseWhenClosed(): void {
    if (closed) throw closedError()
  }

  /** Where no precondition was asked for, those are errors like others. */
  async function plainly<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return call(work).catch((cause) => {
      throw firestoreError(target, cause)
    })
  }

  function found({ name, fields, updateTime }: RawDocument): StoredDocument {
    return { path: pathOf(name), fields: fromValues(fields), updateTime }
  }

  function readerOf(transaction?: { id: Uint8Array | null }): Reader {
    // The first read of a transaction begins it, and tells its id.
    const consistency = () => {
      if (transaction === undefined) return {}
      return transaction.id === null ? { newTransaction: { readWrite: {} } } : { transaction: transaction.id }
    }
    const learn = (answers: unknown[]) => {
      for (const { transaction: id } of answers as { transaction?: Uint8Array }[]) {
        if (transaction !== undefined && id !== undefined && id.length > 0) transaction.id = id
      }
    }

    return {
      async read(paths, select) {
        if (paths.length === 0) return new Map()
        const answers = await plainly((connection) =>
          connection.stream('batchGetDocuments', {
            database: databaseName,
            documents: paths.map(nameOf),
            ...(select && { mask: { fieldPaths: select } }),
            ...consistency(),
          }),
        )
        learn(answers)
        const all = (answers as { found?: RawDocument | null }[]).flatMap(({ found: one }) => (one ? [found(one)] : []))
        return new Map(all.map((one) => [one.path, one]))
      },
      async ask(question) {
        const answers = await plainly((connection) =>
          connection.stream('runQuery', {
            parent: question.below === null ? documents : nameOf(question.below),
            structuredQuery: asQuery(question, nameOf),
            ...consistency(),
          }),
        )
        learn(answers)
        return (answers as { document?: RawDocument | null }[]).flatMap(({ document }) =>
          document ? [found(document)] : [],
        )
      },
    }
  }

  function asWrite(write: Write): object {
    if ('remove' in write) return { delete: nameOf(write.path) }
    const { path, fields, only } = write
    return {
      update: { name: nameOf(path), fields: toValues(fields) },
      ...(only !== undefined && { currentDocument: only === 'missing' ? { exists: false } : { updateTime: only } }),
    }
  }

  return {
    target,
    refuseWhenClosed,
    ...readerOf(),
    async write(writes) {
      try {
        const answer = await call((connection) =>
          connection.ask('commit', { database: databaseName, writes: writes.map(asWrite) }),
        )
        const { writeResults, commitTime } = answer as {
          writeResults: { updateTime?: UpdateTime | null }[]
          commitTime: UpdateTime
        }
        return writeResults.map(({ updateTime }) => updateTime ?? commitTime)
      } catch (cause) {
        if (isOvertaken(cause)) return null
        throw cause
      }
    },
    async transact(work) {
      const transaction: { id: Uint8Array | null } = { id: null }
      const end = (method: 'commit' | 'rollback', writes: readonly Write[]) =>
        plainly((connection) =>
          connection.ask(method, {
            database: databaseName,
            transaction: transaction.id,
            ...(method === 'commit' && { writes: writes.map(asWrite) }),
          }),
        )
      try {
        const writes = await work(readerOf(transaction))
        await end(writes.length > 0 ? 'commit' : 'rollback', writes)
      } catch (error) {
        // Without it others would wait until Firestore gives the transaction up.
        if (transaction.id !== null) void end('rollback', []).catch(() => {})
        throw error
      }
    },
    async close() {
      closed = true
      void connecting?.then((connection) => connection.close()).catch(() => {})
      await Promise.allSettled(underWay)
    },
  }
}

interface RawDocument {
  name: string
  fields: Record<string, Partial<Record<string, unknown>>>
  updateTime: UpdateTime
}

/** Rejects as a late call does when it takes longer. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('Waiting for credentials'), { code: 4 })), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
