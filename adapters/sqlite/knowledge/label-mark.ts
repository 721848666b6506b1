import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'

/** So many labels are reserved at once, so that the mark is seldom written. */
const step = 100

/**
 * A small file beside a knowledge file: above which number no label was given yet. Whatever becomes of the knowledge file, no label is given
 * twice: ids of lines are made from it.
 */
export interface LabelMark {
  /** Lets a file that was begun anew, or is an old copy, go on above the mark. Only where the tables are. */
  goOn(db: DatabaseSync): void
  /** Has to be called before a label counts. */
  given(number: number): void
}

export function createLabelMark(file: string): LabelMark {
  let mark = read()

  /** 0 when there is none, or nothing that we wrote. */
  function read(): number {
    try {
      const number = Number(readFileSync(file, 'utf8'))
      return Number.isSafeInteger(number) && number > 0 ? number : 0
    } catch {
      return 0
    }
  }

  function given(number: number): void {
    if (number <= mark) return
    const next = Math.ceil(number / step) * step
    writeFileSync(`${file}.new`, `${next}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
    mark = next
  }

  return {
    goOn(db) {
      const row = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'questions'").get()
      const last = Number(row?.seq ?? 0)
      given(last)
      // Otherwise it is the file that the mark was made for.
      if (last > mark - step || mark === 0) return
      db.exec("DELETE FROM sqlite_sequence WHERE name = 'questions'")
      db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('questions', ?)").run(mark)
    },
    given,
  }
}
