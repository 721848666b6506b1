import type { SQLOutputValue } from 'node:sqlite'
import { parseKept } from './database-file.ts'

/** What SQLite gives for a row. */
export type Row = Record<string, SQLOutputValue>

/** The value in the `body` of a row, null when there is no row. Throws as `parseKept`. */
export function bodyIn<T>(row: Row | undefined): T | null {
  return row === undefined ? null : parseKept<T>(`${row.body}`)
}

/** The number in a column, 0 when there is nothing that it could have counted. */
export function numberIn(row: Row | undefined, column = 'value'): number {
  return Number(row?.[column] ?? 0)
}

/** What SQLite takes for a number of rows; a negative one would be all. */
export function rowsOf(most: number): number {
  return Math.min(Math.max(0, Math.floor(most)), 2 ** 31)
}
