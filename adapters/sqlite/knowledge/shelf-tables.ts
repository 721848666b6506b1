import type { DatabaseSync } from 'node:sqlite'

/*
 * The table holds stems, which core/knowledge/words.ts makes of words (folded, then Porter's): made in one place, those of a question
 * and those of a text are the same. So the tokenizer only has to part them.
 */
const layout = "title, heading, text, content = '', contentless_delete = 1, tokenize = 'ascii'"

/** Makes the tables of a new shelf. */
export function addShelfTables(db: DatabaseSync, shelf: number): void {
  db.exec(`
    CREATE VIRTUAL TABLE shelf_${shelf} USING fts5 (${layout});
    INSERT INTO shelf_${shelf} (shelf_${shelf}, rank) VALUES ('rank', 'bm25(2.0, 1.0, 1.0)');
    CREATE VIRTUAL TABLE shelf_${shelf}_stems USING fts5vocab (shelf_${shelf}, row);
  `)
}

/** Takes away the tables of a shelf on which nothing stands. */
export function dropShelfTables(db: DatabaseSync, shelf: number): void {
  db.exec(`DROP TABLE shelf_${shelf}_stems; DROP TABLE shelf_${shelf}`)
}

/** What is asked of the tables of one shelf. */
export function shelfStatements(db: DatabaseSync, shelf: number) {
  const table = `shelf_${shelf}`
  return {
    add: db.prepare(`INSERT INTO ${table} (rowid, title, heading, text) VALUES (?, ?, ?, ?)`),
    remove: db.prepare(`DELETE FROM ${table} WHERE rowid = ?`),
    /** Numbers of sections, best first. */
    search: db.prepare(`SELECT rowid AS section FROM ${table} WHERE ${table} MATCH ? ORDER BY rank LIMIT ?`),
    /** In how many sections a stem stands. */
    frequency: db.prepare(`SELECT doc AS sections FROM ${table}_stems WHERE term = ?`),
  }
}

export type ShelfStatements = ReturnType<typeof shelfStatements>
