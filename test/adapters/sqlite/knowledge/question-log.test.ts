import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../../adapters/process/system-clock.ts'
import { type KnowledgeFile, openKnowledgeFile } from '../../../../adapters/sqlite/knowledge/file.ts'
import { learningLogIn } from '../../../../adapters/sqlite/knowledge/learning-log.ts'
import { questionLogIn } from '../../../../adapters/sqlite/knowledge/question-log.ts'
import { type Logs, questionLogContract } from '../../../contract/question-log.ts'
import { temporaryFolder } from '../../../support/process.ts'
import { answerOf, learnedFor, newQuestion, voteOn } from '../../../support/questions.ts'
import { quietLog } from '../../../support/quiet.ts'

let folder: ReturnType<typeof temporaryFolder>
let open: KnowledgeFile | null = null
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => {
  open?.close()
  open = null
  folder[Symbol.dispose]()
})

function logs(): Logs {
  open = openKnowledgeFile({ file: join(folder.path, 'knowledge.db'), clock: systemClock, log: quietLog })
  return { questions: questionLogIn(open), learning: learningLogIn(open) }
}

questionLogContract('SQLite', logs)

it('has after a restart whatever it had when a call returned', () => {
  const before = logs()
  const { label } = before.questions.open(newQuestion('r-1'))
  before.questions.answered(label, answerOf(label), [{ document: 'a.md', hash: 'h' }], 'alice')
  before.learning.vote(voteOn(label, 'human-bob'))
  before.learning.learn(learnedFor(label, { basis: [{ document: 'a.md', hash: 'h' }] }))
  const asked = before.questions.question(label)
  // As a kill would leave it: nobody closes the file.
  const left = open
  const after = logs()
  expect(after.questions.question(label)).toEqual(asked)
  expect(after.learning.votes(label)).toEqual([voteOn(label, 'human-bob')])
  expect(after.learning.restingOn('a.md')).toEqual(before.learning.counting())
  expect(after.questions.open(newQuestion('r-2')).label).toBe('q-2')
  left?.close()
})

it('says that it is closed', () => {
  const { questions, learning } = logs()
  questions.close()
  expect(() => questions.waiting()).toThrow('closed')
  expect(() => learning.counting()).toThrow('closed')
})
