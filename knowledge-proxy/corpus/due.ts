import type { CorpusFile } from '../../ports/corpus-source.ts'

/** A file that is to be read; `again` although it looks unchanged. */
interface Due {
  file: CorpusFile
  again: boolean
}

/** The files that are to be read. */
export interface DueFiles {
  readonly size: number
  first(): Due | undefined
  /** It was read, or cannot be; a newer version of the file that came up meanwhile stays. */
  done(item: Due): void
  /** Goes by what there is now: what is gone is no longer due, and what may answer already comes before what is new, and what could not be read last. */
  take(files: ReadonlyMap<string, CorpusFile>, again: boolean): void
}

export function createDueFiles(known: {
  /** Whether a file looks other than when it was read. */
  needsReading(file: CorpusFile): boolean
  mayAnswer(path: string): boolean
  /** Whether it could not be read the last time. */
  isBad(path: string): boolean
}): DueFiles {
  const due = new Map<string, Due>()
  return {
    get size() {
      return due.size
    },
    first: () => due.values().next().value,
    done(item) {
      if (due.get(item.file.path) === item) due.delete(item.file.path)
    },
    take(files, again) {
      for (const path of due.keys()) if (!files.has(path)) due.delete(path)
      const fresh: Due[] = []
      const bad: Due[] = []
      for (const file of files.values()) {
        const before = due.get(file.path)
        if (before !== undefined && before.file.stamp === file.stamp && (before.again || !again)) continue
        if (before === undefined && !again && !known.needsReading(file)) continue
        const item = { file, again: again || before?.again === true }
        if (known.mayAnswer(file.path)) due.set(file.path, item)
        else if (known.isBad(file.path)) bad.push(item)
        else fresh.push(item)
      }
      for (const item of [...fresh, ...bad]) due.set(item.file.path, item)
    },
  }
}
