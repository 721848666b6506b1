import type { DatabaseSync } from 'node:sqlite'

/*
 * What was asked, answered, voted and learned. Nothing here can be made again from anywhere else. Texts stand in JSON,
 * which keeps whatever characters are in them; columns are what is looked up. Times are in ms.
 *
 * A number that was given is never given again (AUTOINCREMENT), even when its question is gone.
 */
export const questionTables = `
  CREATE TABLE questions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    request TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    at INTEGER NOT NULL,
    asked TEXT NOT NULL,
    answer TEXT,
    basis TEXT NOT NULL DEFAULT '[]',
    person TEXT,
    put TEXT
  ) STRICT;
  CREATE INDEX questions_by_conversation ON questions (conversation);
  CREATE INDEX questions_by_trace ON questions (json_extract(asked, '$.trace'));
  CREATE INDEX questions_by_time ON questions (at);
  CREATE INDEX questions_put ON questions (number) WHERE person IS NOT NULL;
  CREATE TABLE votes (
    number INTEGER NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (number, actor)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE learned (
    number INTEGER PRIMARY KEY,
    ended_by TEXT,
    ended_at INTEGER,
    body TEXT NOT NULL,
    ended TEXT
  ) STRICT;
  CREATE INDEX learned_that_ended ON learned (ended_by, ended_at);
  CREATE TABLE rests_on (
    document TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (document, number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rests_of ON rests_on (number);
  CREATE TABLE waiting_words (
    number INTEGER NOT NULL,
    line TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (number, line)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE suggestions (
    number INTEGER NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (number, actor)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX suggestions_by_time ON suggestions (at);
  CREATE TABLE digests (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    week TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
`

/**
 * Whether a question is of a conversation: it has its key, or the conversation is the thread that was begun with it. What was asked alone is of no
 * thread, whatever it hangs on.
 */
const isOf = `(conversation = ?1 OR (json_extract(asked, '$.trace') = ?1 AND json_extract(asked, '$.alone') = 0))`

/**
 * Whether whoever reads the answer to question ?2 may know of this one: it stands in the same room, or both were asked alone by the same. An agent
 * carries a conversation from one room into another.
 */
const isBeside = `EXISTS (
  SELECT 1 FROM questions AS own WHERE own.number = ?2
  AND json_extract(own.asked, '$.alone') = json_extract(questions.asked, '$.alone')
  AND CASE json_extract(own.asked, '$.alone')
    WHEN 1 THEN json_extract(own.asked, '$.requester') = json_extract(questions.asked, '$.requester')
    ELSE json_extract(own.asked, '$.room.name') IS json_extract(questions.asked, '$.room.name') END)`

/** Everything that is asked of the tables of questions. */
export function questionStatements(db: DatabaseSync) {
  return {
    add: db.prepare('INSERT INTO questions (request, conversation, at, asked) VALUES (?, ?, ?, ?)'),
    restore: db.prepare(
      'INSERT INTO questions (number, request, conversation, at, asked, basis) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    ofRequest: db.prepare('SELECT * FROM questions WHERE request = ?'),
    question: db.prepare('SELECT * FROM questions WHERE number = ?'),
    answer: db.prepare('UPDATE questions SET answer = ?, basis = ? WHERE number = ? AND answer IS NULL'),
    put: db.prepare('UPDATE questions SET person = ?, put = ? WHERE number = ? AND person IS NULL'),
    lastOf: db.prepare(`SELECT * FROM questions WHERE ${isOf} ORDER BY number DESC LIMIT 1`),
    earlier: db.prepare(`
      SELECT asked FROM questions WHERE ${isOf} AND ${isBeside} AND number < ?2 AND at >= ?3
      ORDER BY number DESC LIMIT ?4`),
    waiting: db.prepare(`
      SELECT * FROM questions WHERE person IS NOT NULL AND number NOT IN (SELECT number FROM learned)
      ORDER BY number DESC LIMIT ?`),
    recent: db.prepare('SELECT * FROM questions WHERE at >= ? ORDER BY number DESC LIMIT ?'),
    drop: db.prepare('DELETE FROM questions WHERE at < ? AND number NOT IN (SELECT number FROM learned)'),
    dropWords: db.prepare('DELETE FROM waiting_words WHERE number NOT IN (SELECT number FROM questions)'),
    dropSuggestions: db.prepare('DELETE FROM suggestions WHERE number NOT IN (SELECT number FROM questions)'),
  }
}

/** Everything that is asked of the tables of what was learned. */
export function learningStatements(db: DatabaseSync) {
  return {
    vote: db.prepare('INSERT OR REPLACE INTO votes (number, actor, at, body) VALUES (?, ?, ?, ?)'),
    others: db.prepare('SELECT count(*) AS count FROM votes WHERE number = ? AND actor <> ?'),
    votes: db.prepare('SELECT body FROM votes WHERE number = ? ORDER BY at, actor'),
    learn: db.prepare('INSERT OR REPLACE INTO learned (number, body) VALUES (?, ?)'),
    learned: db.prepare('SELECT * FROM learned WHERE number = ?'),
    changedSince: db.prepare(`
      SELECT * FROM learned WHERE number > ?1 AND (json_extract(body, '$.at') >= ?2 OR ended_at >= ?3)
      ORDER BY number LIMIT ?4`),
    counting: db.prepare('SELECT * FROM learned WHERE ended_by IS NULL ORDER BY number'),
    unconfirmed: db.prepare(`
      SELECT * FROM learned WHERE ended_by IN ('source', 'gone') ORDER BY ended_at DESC, number DESC LIMIT ?`),
    end: db.prepare(`
      UPDATE learned SET ended_by = ?1, ended_at = ?2, ended = ?3
      WHERE number = ?4 AND (ended_by IS NULL OR (?1 = 'forgotten' AND ended_by <> 'forgotten'))`),
    revive: db.prepare(`
      UPDATE learned SET ended_by = NULL, ended_at = NULL, ended = NULL WHERE number = ? AND ended_by = 'gone'`),
    gone: db.prepare(`SELECT * FROM learned WHERE ended_by = 'gone' ORDER BY number`),
    goneBeside: db.prepare(`
      SELECT learned.* FROM rests_on JOIN learned USING (number)
      WHERE document = ? AND ended_by = 'gone' ORDER BY number`),
    restsOn: db.prepare('INSERT OR IGNORE INTO rests_on (document, number) VALUES (?, ?)'),
    restsOnNothing: db.prepare('DELETE FROM rests_on WHERE number = ?'),
    restingOn: db.prepare(`
      SELECT learned.* FROM rests_on JOIN learned USING (number)
      WHERE document = ? AND ended_by IS NULL ORDER BY number`),
    keepWords: db.prepare('INSERT OR REPLACE INTO waiting_words (number, line, at, body) VALUES (?, ?, ?, ?)'),
    words: db.prepare('SELECT body FROM waiting_words WHERE number = ? ORDER BY at, line'),
    dropWords: db.prepare('DELETE FROM waiting_words WHERE number = ?'),
    dropOldWords: db.prepare(`
      DELETE FROM waiting_words WHERE number = ? AND line NOT IN
      (SELECT line FROM waiting_words WHERE number = ? ORDER BY at DESC, line DESC LIMIT ?)`),
    suggest: db.prepare('INSERT OR REPLACE INTO suggestions (number, actor, at, body) VALUES (?, ?, ?, ?)'),
    suggestions: db.prepare('SELECT body FROM suggestions WHERE number = ? ORDER BY at, actor'),
    recentSuggestions: db.prepare('SELECT body FROM suggestions WHERE at >= ? ORDER BY at DESC, number DESC LIMIT ?'),
    dropSuggestions: db.prepare('DELETE FROM suggestions WHERE number = ?'),
    digest: db.prepare('SELECT week, at FROM digests WHERE one = 1'),
    setDigest: db.prepare('INSERT OR REPLACE INTO digests (one, week, at) VALUES (1, ?, ?)'),
  }
}
