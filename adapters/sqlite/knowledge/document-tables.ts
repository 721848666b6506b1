import type { DatabaseSync } from 'node:sqlite'

/*
 * A shelf holds what the same people may read. Each has a full-text table of its own (shelf-tables.ts), so that what stands on one
 * can never be felt in the order, or the count, of what is found on another.
 *
 * A document is kept when it comes, and shelved a little later together with others: that takes a quarter of the time. What is kept
 * but not yet `shelved` is shelved before anything is looked up. Only what is shelved has `terms`, is counted in `shelves` and
 * `words` (there, but for what is `uncounted`), and stands in a full-text table.
 */
export const documentTables = `
  CREATE TABLE shelves (
    number INTEGER PRIMARY KEY,
    access TEXT NOT NULL UNIQUE,
    sections INTEGER NOT NULL,
    length INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    shelf INTEGER NOT NULL,
    shelved INTEGER NOT NULL,
    stamp TEXT NOT NULL,
    facts TEXT NOT NULL,
    sections INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX documents_by_source ON documents (source, id);
  CREATE INDEX documents_to_shelve ON documents (number) WHERE shelved = 0;
  CREATE TABLE sections (
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    heading TEXT NOT NULL,
    sentences TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sections_by_document ON sections (document);
  CREATE TABLE terms (
    section INTEGER PRIMARY KEY,
    packed BLOB NOT NULL
  ) STRICT;
  CREATE TABLE words (
    shelf INTEGER NOT NULL,
    word TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (shelf, word)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE uncounted (
    document INTEGER PRIMARY KEY
  ) STRICT;
`

/** What files have that were made before it was thought of, too. */
export const documentAdditions = `
  CREATE INDEX IF NOT EXISTS documents_by_shelf ON documents (shelf);
  CREATE TABLE IF NOT EXISTS unreadable (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    stamp TEXT NOT NULL,
    why TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`

/** Everything that is asked of these tables. Throws when they are not the ones above. */
export function documentStatements(db: DatabaseSync) {
  return {
    shelves: db.prepare('SELECT number, access, sections, length FROM shelves ORDER BY number'),
    shelf: db.prepare('SELECT number FROM shelves WHERE access = ?'),
    addShelf: db.prepare('INSERT INTO shelves (access, sections, length) VALUES (?, 0, 0)'),
    shelvesInUse: db.prepare(
      'SELECT count(*) AS count FROM shelves WHERE number IN (SELECT DISTINCT shelf FROM documents)',
    ),
    emptyShelf: db.prepare('SELECT number FROM shelves WHERE number NOT IN (SELECT shelf FROM documents) LIMIT 1'),
    removeShelf: db.prepare('DELETE FROM shelves WHERE number = ?'),
    removeShelfWords: db.prepare('DELETE FROM words WHERE shelf = ?'),
    documentsOn: db.prepare('SELECT stamp, facts FROM documents WHERE shelf = ?'),
    countShelf: db.prepare('UPDATE shelves SET sections = sections + ?, length = length + ? WHERE number = ?'),

    document: db.prepare('SELECT number, shelf, shelved, stamp, facts, sections FROM documents WHERE id = ?'),
    facts: db.prepare('SELECT facts FROM documents WHERE number = ?'),
    documents: db.prepare('SELECT stamp, facts, sections FROM documents ORDER BY id'),
    documentsOf: db.prepare('SELECT stamp, facts, sections FROM documents WHERE source = ? ORDER BY id'),
    addDocument: db.prepare(
      'INSERT INTO documents (id, source, shelf, shelved, stamp, facts, sections) VALUES (?, ?, ?, 0, ?, ?, ?)',
    ),
    describeDocument: db.prepare(
      'UPDATE documents SET source = ?, shelf = ?, shelved = ?, stamp = ?, facts = ? WHERE number = ?',
    ),
    removeDocument: db.prepare('DELETE FROM documents WHERE number = ?'),
    toShelve: db.prepare('SELECT number, shelf, facts FROM documents WHERE shelved = 0 ORDER BY number'),
    countToShelve: db.prepare('SELECT total(sections) AS sections FROM documents WHERE shelved = 0'),
    shelved: db.prepare('UPDATE documents SET shelved = 1 WHERE number = ?'),

    addUnreadable: db.prepare('INSERT OR REPLACE INTO unreadable (id, source, stamp, why) VALUES (?, ?, ?, ?)'),
    removeUnreadable: db.prepare('DELETE FROM unreadable WHERE id = ?'),
    unreadable: db.prepare('SELECT id, stamp, why FROM unreadable WHERE source = ?'),

    addSection: db.prepare('INSERT INTO sections (document, heading, sentences) VALUES (?, ?, ?)'),
    sectionsOf: db.prepare('SELECT number, heading, sentences FROM sections WHERE document = ? ORDER BY number'),
    removeSections: db.prepare('DELETE FROM sections WHERE document = ?'),
    found: db.prepare(`
      SELECT facts, heading, sentences FROM sections JOIN documents ON documents.number = sections.document
      WHERE sections.number = ?`),

    addTerms: db.prepare('INSERT INTO terms (section, packed) VALUES (?, ?)'),
    removeTerms: db.prepare('DELETE FROM terms WHERE section = ?'),
    terms: db.prepare('SELECT packed FROM terms WHERE section = ?'),

    addWord: db.prepare(`
      INSERT INTO words (shelf, word, count) VALUES (?, ?, ?)
      ON CONFLICT (shelf, word) DO UPDATE SET count = count + excluded.count`),
    removeWord: db.prepare('DELETE FROM words WHERE shelf = ? AND word = ? AND count <= 0'),
    uncounted: db.prepare(
      'SELECT number, shelf FROM uncounted JOIN documents ON documents.number = uncounted.document',
    ),
    isUncounted: db.prepare('SELECT document FROM uncounted LIMIT 1'),
    addUncounted: db.prepare('INSERT INTO uncounted (document) VALUES (?)'),
    removeUncounted: db.prepare('DELETE FROM uncounted WHERE document = ?'),
    removeAllUncounted: db.prepare('DELETE FROM uncounted'),
    word: db.prepare('SELECT count FROM words WHERE shelf = ? AND word = ?'),
  }
}

export type DocumentStatements = ReturnType<typeof documentStatements>
