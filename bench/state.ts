import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../test/support/firestore-emulator.ts'
import { temporaryFolder, until } from '../test/support/process.ts'
import { type Figure, none, type Size } from './figure.ts'
import { changesOf } from './state-histories.ts'
import { projectionLag } from './state-lag.ts'
import { digestOf, fileIn, firestoreIn, writeBehind } from './state-stores.ts'

const seed = 8

/**
 * The organisation's memory in SQLite and in Firestore behind it, on Google's emulator: how late Firestore is, whether both hold the same
 * after a long run, and how fast it catches up. The emulator writes a few hundred documents a second, whatever it is asked.
 */
export async function state(size: Size): Promise<Figure[]> {
  const missing = firestoreMissing()
  if (missing !== null) throw new Error(`This cannot be measured: ${missing}`)
  const short = size === 'short'
  const figures: Figure[] = []
  for (const measure of [
    (emulator: FirestoreEmulator) => projectionLag(emulator, short ? 15 : 60),
    (emulator: FirestoreEmulator) => sameState(emulator, short ? 300 : 5_000),
    (emulator: FirestoreEmulator) => catchingUp(emulator, short ? 300 : 3_000),
  ]) {
    // What one left behind in memory is not to slow the next one down.
    await using emulator = await firestoreEmulator({ megabytes: 1_500 })
    figures.push(...(await measure(emulator)))
  }
  return figures
}

/** The same run kept in both, and read back from both. */
async function sameState(emulator: FirestoreEmulator, tasks: number): Promise<Figure[]> {
  using folder = temporaryFolder()
  const { store: sqlite } = fileIn(folder.path)
  const firestore = firestoreIn(emulator)
  const kept = { sqlite: 0, firestore: 0, changes: 0 }
  for (const changes of changesOf(tasks, seed)) {
    kept.sqlite += await timed(() => sqlite.keepTasks(changes))
    kept.firestore += await timed(() => firestore.keepTasks(changes))
    kept.changes += changes.length
  }
  const read = { sqlite: 0, firestore: 0 }
  let [one, other] = [
    { tasks: 0, commits: 0, hash: '' },
    { tasks: 0, commits: 0, hash: '' },
  ]
  read.sqlite = await timed(async () => {
    one = await digestOf(sqlite)
  })
  read.firestore = await timed(async () => {
    other = await digestOf(firestore)
  })
  await Promise.all([sqlite.close(), firestore.close()])
  if (one.tasks !== tasks) throw new Error(`SQLite has ${one.tasks} tasks of ${tasks}`)
  const s = 's'
  const pace = 'changes/s'
  return [
    { name: `${count(tasks)} tasks, ${count(one.commits)} commits: kept in SQLite`, value: kept.sqlite, unit: s },
    { name: '  kept in Firestore', value: kept.firestore, unit: s },
    { name: '  SQLite', value: Math.round(kept.changes / kept.sqlite), unit: pace },
    { name: '  Firestore', value: Math.round(kept.changes / kept.firestore), unit: pace },
    { name: '  all of it read and hashed, SQLite', value: read.sqlite, unit: s },
    { name: '  all of it read and hashed, Firestore', value: read.firestore, unit: s },
    {
      name: `  hashes over everything that differ (${one.hash.slice(0, 12)}...)`,
      value: one.hash === other.hash ? 0 : 1,
      unit: '',
      target: none,
    },
  ]
}

/** An outage in which so many changes come, each of another task, and the time after it. */
async function catchingUp(emulator: FirestoreEmulator, owed: number): Promise<Figure[]> {
  using folder = temporaryFolder()
  const file = fileIn(folder.path)
  const store = firestoreIn(emulator)
  const behind = writeBehind(file, store)
  await behind.flush()
  emulator.freeze()
  for (const some of changesOf(owed, seed)) {
    await file.keep({ tasks: some })
  }
  await until('it is seen to be away', async () => !(await behind.report()).connected, 120_000)
  const { waiting } = await behind.report()
  const back = performance.now()
  emulator.resume()
  await until('it is seen to be back', async () => (await behind.report()).connected, 120_000)
  const seen = (performance.now() - back) / 1_000
  const took = await timed(() => behind.flush())
  await behind.stop()
  const [one, other] = [await digestOf(file.store), await digestOf(store)]
  await Promise.all([file.close(), store.close()])
  return [
    {
      name: `${count(waiting)} tasks owed after an outage: until Firestore is seen to be back`,
      value: seen,
      unit: 's',
    },
    { name: '  until all of it is there', value: took, unit: 's' },
    { name: '  tasks', value: Math.round(waiting / took), unit: 'tasks/s' },
    { name: '  their commits', value: Math.round(one.commits / took), unit: 'commits/s' },
    { name: '  hashes that differ then', value: one.hash === other.hash ? 0 : 1, unit: '', target: none },
  ]
}

function count(value: number): string {
  return value.toLocaleString('en')
}

/** Seconds that it takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1_000
}
