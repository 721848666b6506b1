import { expect, test } from 'vitest'
import { recordDifferenceLine } from '../../../state/jobs/compare-records.ts'
import { createDifferences, type TaskDifference, taskDifferenceLine } from '../../../state/jobs/differences.ts'

const none: TaskDifference = { left: 4, right: 4, onlyLeft: [], onlyRight: [], unlike: [] }
const names = ['SQLite', 'Firestore'] as const

test.each<[Partial<TaskDifference>, string]>([
  [{ right: 3, onlyLeft: [4] }, 't-13 is at version 4 in SQLite and at 3 in Firestore'],
  [{ right: null, onlyLeft: [1, 2, 3, 4] }, 't-13 is at version 4 in SQLite and not in Firestore'],
  [{ left: null, onlyRight: [1] }, 't-13 is at version 4 in Firestore and not in SQLite'],
  [{ onlyLeft: [2] }, 'of t-13 commit 2 is not in Firestore'],
  [{ onlyRight: [2, 3] }, 'of t-13 commits 2, 3 are not in SQLite'],
  [{ unlike: [1] }, 'of t-13 commit 1 is not the same in SQLite and Firestore'],
  [{ onlyLeft: [2], onlyRight: [2] }, 'of t-13 commit 2 is at another place in SQLite than in Firestore'],
  [
    { onlyLeft: [1, 2, 3, 4, 5, 6, 7], unlike: [8] },
    'of t-13 commits 1, 2, 3, 4, 5 and 2 more are not in Firestore, and commit 8 is not the same in SQLite and Firestore',
  ],
  [{}, 't-13 does not stand the same in SQLite and Firestore'],
])('says in words where a task is not the same: %j', (difference, line) => {
  expect(taskDifferenceLine('t-13', { ...none, ...difference }, names)).toBe(line)
})

test.each([
  [{ id: 'd-1', revision: 2 }, { id: 'd-1', revision: 1 }, 'd-1 is at revision 2 in SQLite and at 1 in Firestore'],
  [{ id: 'd-1', revision: 2 }, null, 'd-1 is in SQLite and not in Firestore'],
  [null, { id: 'd-1', revision: 2 }, 'd-1 is in Firestore and not in SQLite'],
  [{ id: 'd-1', revision: 2 }, { id: 'd-1', revision: 2 }, 'd-1 does not say the same in SQLite and Firestore'],
])('says in words where a record is not the same', (one, other, line) => {
  expect(recordDifferenceLine(one, other, ...names)).toBe(line)
})

test('counts all differences and tells twenty', async () => {
  const differences = createDifferences()
  for (let number = 1; number <= 30; number++) {
    differences.ofTask(`key-${number}`, ({ onlyLeft }) => onlyLeft.push(1))
    differences.ofTask(`key-${number}`, (task) => Object.assign(task, { left: 1, right: null }))
  }
  differences.say('d-1 is in SQLite and not in Firestore')
  const told = await differences.told(async (key) => key.replace('key', 't'), names)
  expect(told.different).toBe(31)
  expect(told.differences).toHaveLength(20)
  expect(told.differences[19]).toBe('t-20 is at version 1 in SQLite and not in Firestore')
})
