import type { DatabaseSync } from 'node:sqlite'

/*
 * Holds stems, as core/knowledge/words.ts makes them: folded and stemmed in one place, they are the same in a question and in a text,
 * which is why the tokenizer only parts them at spaces.
 */
function tablesOf(shelf: number): string {
  return `
    CREATE VIRTUAL TABLE shelf_${shelf} USING fts5 (
      title, heading, text, content = '', contentless_delete = 1, tokenize = 'ascii'
    );
    INSERT INTO shelf_${shelf} (shelf_${shelf}, rank) VALUES ('rank', 'bm25(2.0, 1.0, 1.0)');
    CREATE VIRTUAL TABLE shelf_${shelf}_stems USING fts5vocab (shelf_${shelf}, row);
  `
}

/** Makes the tables of a new shelf. */
export function addShelfTables(db: DatabaseSync, shelf: number): void {
  db.exec(tablesOf(shelf))
}

export type ShelfStatements = ReturnType<typeof shelfStatements>

/** What is asked of the tables of one shelf. */
export function shelfStatements(db: DatabaseSync, shelf: number) {
  return {
    add: db.prepare(`INSERT INTO shelf_${shelf} (rowid, title, heading, text) VALUES (?, ?, ?, ?)`),
    remove: db.prepare(`DELETE FROM shelf_${shelf} WHERE rowid = ?`),
    search: db.prepare(`SELECT rowid AS number FROM shelf_${shelf} WHERE shelf_${shelf} MATCH ? ORDER BY rank LIMIT ?`),
    frequency: db.prepare(`SELECT doc AS sections FROM shelf_${shelf}_stems WHERE term = ?`),
  }
}
