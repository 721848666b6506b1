import type { DatabaseSync } from 'node:sqlite'

/*
 * A shelf holds what the same people may read. Each has a full-text table of its own (shelf-tables.ts), so that what stands on one
 * can never be felt in the order, or the count, of what is found on another.
 *
 * `terms` says which stems stand where in a section (section-terms.ts): what was found is scored without reading its text.
 */
export const documentTables = `
  CREATE TABLE shelves (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    access TEXT NOT NULL UNIQUE,
    sections INTEGER NOT NULL,
    length INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    shelf INTEGER NOT NULL,
    stamp TEXT NOT NULL,
    facts TEXT NOT NULL,
    sections INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX documents_by_source ON documents (source, id);
  CREATE TABLE sections (
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    length INTEGER NOT NULL,
    terms BLOB NOT NULL,
    heading TEXT NOT NULL,
    sentences TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sections_by_document ON sections (document);
  CREATE TABLE words (
    shelf INTEGER NOT NULL,
    word TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (shelf, word)
  ) STRICT, WITHOUT ROWID;
`

/** Everything that is asked of the tables but of those of a single shelf. Throws when they are not the ones above. */
export function documentStatements(db: DatabaseSync) {
  return {
    shelves: db.prepare('SELECT number, access, sections, length FROM shelves ORDER BY number'),
    shelf: db.prepare('SELECT number FROM shelves WHERE access = ?'),
    addShelf: db.prepare('INSERT INTO shelves (access, sections, length) VALUES (?, 0, 0)'),
    countShelf: db.prepare('UPDATE shelves SET sections = sections + ?, length = length + ? WHERE number = ?'),

    document: db.prepare('SELECT number, shelf, stamp, facts, sections FROM documents WHERE id = ?'),
    documents: db.prepare('SELECT stamp, facts, sections FROM documents ORDER BY id'),
    documentsOf: db.prepare('SELECT stamp, facts, sections FROM documents WHERE source = ? ORDER BY id'),
    addDocument: db.prepare(
      'INSERT INTO documents (id, source, shelf, stamp, facts, sections) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    describeDocument: db.prepare('UPDATE documents SET source = ?, shelf = ?, stamp = ?, facts = ? WHERE number = ?'),
    removeDocument: db.prepare('DELETE FROM documents WHERE number = ?'),

    addSection: db.prepare('INSERT INTO sections (document, length, terms, heading, sentences) VALUES (?, ?, ?, ?, ?)'),
    sectionsOf: db.prepare('SELECT number, heading, sentences FROM sections WHERE document = ? ORDER BY number'),
    changeTerms: db.prepare('UPDATE sections SET length = ?, terms = ? WHERE number = ?'),
    removeSections: db.prepare('DELETE FROM sections WHERE document = ?'),
    terms: db.prepare('SELECT length, terms FROM sections WHERE number = ?'),
    found: db.prepare(`
      SELECT facts, heading, sentences FROM sections JOIN documents ON documents.number = sections.document
      WHERE sections.number = ?`),

    addWord: db.prepare(`
      INSERT INTO words (shelf, word, count) VALUES (?, ?, ?)
      ON CONFLICT (shelf, word) DO UPDATE SET count = count + excluded.count`),
    dropWord: db.prepare('DELETE FROM words WHERE shelf = ? AND word = ? AND count <= 0'),
    word: db.prepare('SELECT count FROM words WHERE shelf = ? AND word = ?'),
  }
}
