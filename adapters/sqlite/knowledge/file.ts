import type { DatabaseSync } from 'node:sqlite'
import { sentenceOf } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import { openDatabase } from '../database-file.ts'
import { type OpenFile, openFile } from '../open-file.ts'
import { documentAdditions, documentStatements, documentTables } from './document-tables.ts'
import { createLabelMark } from './label-mark.ts'
import { questionTables } from './question-tables.ts'
import { vectorTables } from './vector-tables.ts'

/** Of all tables in the file. One more whenever one of them changes, or what core makes of words and sentences. */
const version = 1
/** Everybody who asks waits meanwhile; whoever writes tries again. */
const busyMs = 250

/** The file of the knowledge proxy while it is open. */
export interface KnowledgeFile extends Pick<OpenFile<void>, 'db' | 'use' | 'change' | 'close'> {
  /** Has to be called with the number of each new question, in the change that makes it: it is never given again. */
  labelGiven(number: number): void
  /** What is off with it, in a sentence for people; null while it can be used. */
  trouble(): string | null
}

/** Opens the file, or makes it. `openFile` says what becomes of one that cannot be read; it is named in the log. */
export function openKnowledgeFile({ file, clock, log }: { file: string; clock: Clock; log: Log }): KnowledgeFile {
  const labels = createLabelMark(`${file}.labels`)
  const layout = {
    version,
    tables: documentTables + questionTables + vectorTables,
    busyMs,
    prepare(db: DatabaseSync) {
      db.exec(documentAdditions)
      documentStatements(db)
      labels.goOn(db)
    },
  }
  const opened = openFile({
    file,
    name: 'The file of the knowledge proxy',
    open: () => openDatabase(file, layout),
    onSetAside(to, error) {
      log.error(
        { file, setAside: to, error: sentenceOf(error) },
        'knowledge: the file cannot be read and was set aside; documents are read again, what was asked and learned is in the old file',
      )
    },
    clock,
  })
  return {
    ...opened,
    labelGiven: labels.given,
    trouble: () =>
      opened.damage() === null
        ? null
        : 'what the knowledge proxy kept is damaged and was set aside; it answers again after a restart',
  }
}
