import { expect, test } from 'vitest'
import { judgeState } from '../../../cli/commands/doctor-state.ts'

const counts = { tasks: 12, commits: 140, knowledge: 3, configuration: 2, metrics: 14 }
const well = { file: 'SQLite, /home/ada/state.sqlite', counts, behind: null, troubles: [] }
const firestore = {
  title: 'Firestore, our-breakroom',
  connected: true,
  waiting: 0,
  since: null,
  aside: [],
  trouble: null,
}

test('doctor has nothing against a file that can be read, nor against what is just on its way', () => {
  const ok = { check: 'state', state: 'ok' }
  expect(judgeState(well)).toEqual({ ...ok, found: '12 tasks in SQLite, /home/ada/state.sqlite' })
  expect(judgeState({ ...well, behind: firestore })).toEqual({
    ...ok,
    found: '12 tasks in SQLite, /home/ada/state.sqlite, and all of it in Firestore, our-breakroom',
  })
  expect(judgeState({ ...well, behind: { ...firestore, waiting: 1 } })).toEqual({
    ...ok,
    found: '12 tasks in SQLite, /home/ada/state.sqlite, 1 change on the way to Firestore, our-breakroom',
  })
})

test('doctor passes on what is off, and where to read all of it', () => {
  const trouble = 'Firestore, our-breakroom belongs to another fleet'
  expect(judgeState({ ...well, behind: { ...firestore, connected: false, trouble }, troubles: [trouble] })).toEqual({
    check: 'state',
    state: 'warning',
    found: trouble,
    fix: 'breakroom state tells all of it',
  })
  expect(judgeState({ ...well, behind: { ...firestore, connected: false } })).toMatchObject({
    state: 'warning',
    found: 'Firestore, our-breakroom does not answer',
  })
})
