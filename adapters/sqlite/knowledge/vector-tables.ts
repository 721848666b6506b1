import type { DatabaseSync } from 'node:sqlite'

/*
 * A vector belongs to a text (by its hash) and a model; `section_texts` says which text a section is. Its row goes with the section,
 * or when its document is called something else, which is part of the text.
 *
 * Each dimension takes one byte, `scale` being what the largest stands for: a quarter of the room and of the time to read it, and
 * what is near stays near.
 */
export const vectorTables = `
  CREATE TABLE vectors (
    number INTEGER PRIMARY KEY,
    text BLOB NOT NULL,
    model TEXT NOT NULL,
    scale REAL NOT NULL,
    direction BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX vectors_by_text ON vectors (text, model);
  CREATE TABLE section_texts (
    section INTEGER PRIMARY KEY,
    text BLOB NOT NULL
  ) STRICT;
  CREATE INDEX section_texts_by_text ON section_texts (text);
  CREATE TRIGGER section_text_goes AFTER DELETE ON sections BEGIN
    DELETE FROM section_texts WHERE section = old.number;
  END;
  CREATE TRIGGER section_text_changes AFTER UPDATE OF facts ON documents
  WHEN json_extract(new.facts, '$.title') IS NOT json_extract(old.facts, '$.title') BEGIN
    DELETE FROM section_texts WHERE section IN (SELECT number FROM sections WHERE document = new.number);
  END;
`

/** Everything that is asked of these tables. Throws when they are not the ones above. */
export function vectorStatements(db: DatabaseSync) {
  return {
    changes: db.prepare('SELECT total_changes() AS count'),
    unread: db.prepare(`
      SELECT sections.number, facts, heading, sentences FROM sections JOIN documents ON documents.number = document
      WHERE sections.number NOT IN (SELECT section FROM section_texts) ORDER BY sections.number LIMIT ?`),
    addText: db.prepare('INSERT INTO section_texts (section, text) VALUES (?, ?)'),
    missing: db.prepare(`
      SELECT min(section) AS section, text FROM section_texts
      WHERE text NOT IN (SELECT text FROM vectors WHERE model = ?) GROUP BY text ORDER BY 1 LIMIT ?`),
    section: db.prepare(`
      SELECT facts, heading, sentences FROM sections JOIN documents ON documents.number = document
      WHERE sections.number = ?`),
    missingCount: db.prepare(`
      SELECT count(*) AS count FROM sections WHERE number NOT IN (
        SELECT section FROM section_texts JOIN vectors ON vectors.text = section_texts.text AND model = ?)`),
    put: db.prepare('INSERT OR REPLACE INTO vectors (text, model, scale, direction) VALUES (?, ?, ?, ?)'),
    sweep: db.prepare('DELETE FROM vectors WHERE model <> ? OR text NOT IN (SELECT text FROM section_texts)'),
    all: db.prepare('SELECT number, scale, direction FROM vectors WHERE model = ?'),
    shelved: db.prepare(`
      SELECT sections.number AS section, shelf FROM vectors
      JOIN section_texts ON section_texts.text = vectors.text
      JOIN sections ON sections.number = section
      JOIN documents ON documents.number = document
      WHERE vectors.number = ? AND shelved = 1 ORDER BY 1`),
  }
}
