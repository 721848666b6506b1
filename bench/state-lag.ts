import { setTimeout as pause } from 'node:timers/promises'
import { Firestore } from '@google-cloud/firestore'
import type { OwnedStore } from '../ports/store.ts'
import type { FirestoreEmulator } from '../test/support/firestore-emulator.ts'
import { temporaryFolder } from '../test/support/process.ts'
import { taskChange } from '../test/support/state.ts'
import { atMost, type Figure, none } from './figure.ts'
import { median, quantile } from './quantile.ts'
import { fileIn, firestoreIn, writeBehind } from './state-stores.ts'

const perSecond = 50
/** Tasks that are worked on side by side. */
const atOnce = 400
const bareWrites = 200

/** From a commit in the house's file until Firestore has said that it has it, at a steady pace. */
export async function projectionLag(emulator: FirestoreEmulator, seconds: number): Promise<Figure[]> {
  using folder = temporaryFolder()
  const floor = await bareBatches(emulator)
  const file = fileIn(folder.path)
  const keptAt = new Map<string, number>()
  const lags: number[] = []
  const store = listenedTo(firestoreIn(emulator), (name) => {
    const since = keptAt.get(name)
    if (since === undefined) return
    keptAt.delete(name)
    lags.push(performance.now() - since)
  })
  const behind = writeBehind(file, store)
  const begun = performance.now()
  for (let change = 0; change < seconds * perSecond; change++) {
    await pause(Math.max(0, begun + (change * 1_000) / perSecond - performance.now()))
    const number = (change % atOnce) + 1
    const version = Math.floor(change / atOnce) + 1
    keptAt.set(`task-${number} ${version}`, performance.now())
    await file.keep({ tasks: [taskChange(number, version, { from: version, place: () => change + 1 })] })
  }
  await behind.flush()
  await behind.stop()
  await Promise.all([file.close(), store.close()])
  const unit = 'ms'
  return [
    {
      name: `${perSecond} task changes a second: kept until Firestore has it, p50`,
      value: median(lags),
      floor: median(floor),
      unit,
    },
    { name: '  p99', value: quantile(lags, 0.99), floor: quantile(floor, 0.99), unit, target: atMost(1_000) },
    { name: '  the slowest', value: Math.max(...lags), unit },
    { name: `  of ${seconds * perSecond} that never arrived`, value: keptAt.size, unit: '', target: none },
  ]
}

/** The same store, whose answers are heard: `<task> <version>` of each commit. */
function listenedTo(store: OwnedStore, has: (name: string) => void): OwnedStore {
  return {
    ...store,
    async keepTasks(changes) {
      await store.keepTasks(changes)
      for (const { commits } of changes) for (const { commit } of commits) has(`${commit.key} ${commit.version}`)
    },
  }
}

/** What a batch of two documents takes with Google's library alone, one after the other; ms. */
async function bareBatches({ host, project }: FirestoreEmulator): Promise<number[]> {
  // It would look for the account of a machine in Google's cloud.
  process.env.METADATA_SERVER_DETECTION ??= 'none'
  const bare = new Firestore({ projectId: project, host, ssl: false, customHeaders: { Authorization: 'Bearer owner' } })
  const { task, commits } = taskChange(1)
  const took: number[] = []
  for (let turn = -20; turn < bareWrites; turn++) {
    const document = bare.doc(`bare/${turn + 20}`)
    const begun = performance.now()
    await bare
      .batch()
      .set(document, { version: 1, body: JSON.stringify(task) })
      .set(document.collection('commits').doc('1'), { version: 1, body: JSON.stringify(commits[0]?.commit) })
      .commit()
    if (turn >= 0) took.push(performance.now() - begun)
  }
  await bare.terminate()
  return took
}
