import { readFile } from 'node:fs/promises'
import type { DocumentReader } from '../../ports/document-reader.ts'

/** Reads text in this process, for tests that are about how many files there are and not about what is in them. */
export function createPlainReader(): DocumentReader {
  return {
    reads: (path) => path.endsWith('.md'),
    async read(file) {
      const text = await readFile(file, 'utf8')
      return { front: {}, title: null, sections: [{ heading: [], text }], warnings: [] }
    },
    async close() {},
  }
}
