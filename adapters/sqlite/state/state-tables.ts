import type { DatabaseSync } from 'node:sqlite'

/*
 * The tables of version 1, which stay as they are: what changes later is a migration.
 *
 * Nothing is ever deleted, so `row` counts the tasks from 1 on. What was sent, and what is owed, stands in tables of its own: marking it
 * must not write whole tasks anew. `kept` is when something came or last changed, `since` is since when it is owed, null when it is not;
 * both are ms since 1970. `why` says why it was set aside.
 */
export const stateTables = `
  CREATE TABLE commits (
    place INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (key, version)
  ) STRICT;
  CREATE TABLE tasks (
    row INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE task_outbox (
    row INTEGER PRIMARY KEY,
    sent INTEGER NOT NULL,
    owed_commits INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    since INTEGER,
    why TEXT
  ) STRICT;
  CREATE INDEX tasks_owed ON task_outbox (since) WHERE since IS NOT NULL AND why IS NULL;
  CREATE INDEX tasks_aside ON task_outbox (row) WHERE why IS NOT NULL;
  CREATE TABLE records (
    row INTEGER PRIMARY KEY,
    section TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (section, id)
  ) STRICT;
  CREATE TABLE record_outbox (
    row INTEGER PRIMARY KEY,
    section TEXT NOT NULL,
    kept INTEGER NOT NULL,
    since INTEGER,
    why TEXT
  ) STRICT;
  CREATE INDEX records_owed ON record_outbox (section, since) WHERE since IS NOT NULL AND why IS NULL;
  CREATE INDEX records_aside ON record_outbox (row) WHERE why IS NOT NULL;
  CREATE TABLE marks (feed TEXT PRIMARY KEY, seq INTEGER NOT NULL, id TEXT NOT NULL) STRICT;
  CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

/**
 * SQL that makes the tables of one version those of the next, of new files, too: the first makes version 2 out of version 1. What a task
 * or a record looks like is no part of this: they are kept as they came.
 */
export const stateMigrations: readonly string[] = []

export type StateStatements = ReturnType<typeof stateStatements>

/** Everything that is asked of the tables. Throws when they are not the ones above. */
export function stateStatements(db: DatabaseSync) {
  return {
    ...keeping(db),
    ...reading(db),
    ...owing(db),
  }
}

function keeping(db: DatabaseSync) {
  return {
    addCommit: db.prepare(`
      INSERT INTO commits (place, key, version, kept, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`),
    commit: db.prepare('SELECT body FROM commits WHERE key = ? AND version = ?'),
    commitAt: db.prepare('SELECT body FROM commits WHERE place = ?'),
    addTask: db.prepare('INSERT INTO tasks (key, version, body) VALUES (?, ?, ?)'),
    changeTask: db.prepare('UPDATE tasks SET version = ?, body = ? WHERE row = ?'),
    addRecord: db.prepare('INSERT INTO records (section, id, revision, body) VALUES (?, ?, ?, ?)'),
    changeRecord: db.prepare('UPDATE records SET revision = ?, body = ? WHERE row = ?'),
    setMark: db.prepare('INSERT OR REPLACE INTO marks (feed, seq, id) VALUES (?, ?, ?)'),
    mark: db.prepare('SELECT seq, id FROM marks WHERE feed = ?'),
    setNote: db.prepare('INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)'),
    dropNote: db.prepare('DELETE FROM notes WHERE name = ?'),
    note: db.prepare('SELECT value FROM notes WHERE name = ?'),
  }
}

function reading(db: DatabaseSync) {
  return {
    task: db.prepare('SELECT body FROM tasks WHERE key = ?'),
    taskPage: db.prepare('SELECT row, body FROM tasks WHERE row > ? ORDER BY row LIMIT ?'),
    commitsOf: db.prepare('SELECT place, body FROM commits WHERE key = ? AND version > ? ORDER BY version'),
    commitPage: db.prepare('SELECT place, body FROM commits WHERE place > ? ORDER BY place LIMIT ?'),
    lastPlace: db.prepare('SELECT max(place) AS value FROM commits'),
    record: db.prepare('SELECT body FROM records WHERE section = ? AND id = ?'),
    recordPage: db.prepare('SELECT id, body FROM records WHERE section = ? AND id > ? ORDER BY id LIMIT ?'),
    taskCount: db.prepare('SELECT max(row) AS value FROM tasks'),
    commitCount: db.prepare('SELECT count(*) AS value FROM commits'),
    recordCount: db.prepare('SELECT count(*) AS value FROM records WHERE section = ?'),
  }
}

function owing(db: DatabaseSync) {
  return {
    taskOutbox: db.prepare(`
      SELECT row, version, body, sent, kept, since, why FROM tasks JOIN task_outbox USING (row) WHERE key = ?`),
    setTaskOutbox: db.prepare(`
      INSERT OR REPLACE INTO task_outbox (row, sent, owed_commits, kept, since, why) VALUES (?, ?, ?, ?, ?, ?)`),
    commitsAbove: db.prepare('SELECT count(*) AS value FROM commits WHERE key = ? AND version > ? AND version <= ?'),
    firstAbove: db.prepare('SELECT kept AS value FROM commits WHERE key = ? AND version > ? ORDER BY version LIMIT 1'),
    owedTasks: db.prepare(`
      SELECT key, body, sent FROM task_outbox JOIN tasks USING (row)
      WHERE since IS NOT NULL AND why IS NULL ORDER BY since, task_outbox.row LIMIT ?`),
    waitingTasks: db.prepare(`
      SELECT count(*) AS tasks, sum(owed_commits) AS commits, min(since) AS since FROM task_outbox INDEXED BY tasks_owed
      WHERE since IS NOT NULL AND why IS NULL`),
    asideTasks: db.prepare(`
      SELECT body, why FROM task_outbox JOIN tasks USING (row) WHERE why IS NOT NULL ORDER BY task_outbox.row LIMIT ?`),
    setTaskAside: db.prepare(`
      UPDATE task_outbox SET why = ? WHERE since IS NOT NULL AND row = (SELECT row FROM tasks WHERE key = ?)`),
    owesAllTasks: db.prepare(`
      UPDATE task_outbox SET sent = 0, since = ?, why = NULL,
      owed_commits = (SELECT count(*) FROM commits JOIN tasks USING (key) WHERE tasks.row = task_outbox.row)`),
    recordOutbox: db.prepare(`
      SELECT row, revision, kept, since, why FROM records JOIN record_outbox USING (row)
      WHERE records.section = ? AND id = ?`),
    setRecordOutbox: db.prepare(`
      INSERT OR REPLACE INTO record_outbox (row, section, kept, since, why) VALUES (?, ?, ?, ?, ?)`),
    owedRecords: db.prepare(`
      SELECT body FROM record_outbox JOIN records USING (row)
      WHERE record_outbox.section = ? AND since IS NOT NULL AND why IS NULL ORDER BY since, record_outbox.row LIMIT ?`),
    waitingRecords: db.prepare(`
      SELECT count(*) AS records, min(since) AS since FROM record_outbox
      WHERE section = ? AND since IS NOT NULL AND why IS NULL`),
    asideRecords: db.prepare(`
      SELECT records.section, id, why FROM record_outbox JOIN records USING (row)
      WHERE why IS NOT NULL ORDER BY record_outbox.row LIMIT ?`),
    setRecordAside: db.prepare(`
      UPDATE record_outbox SET why = ?
      WHERE since IS NOT NULL AND row = (SELECT row FROM records WHERE section = ? AND id = ?)`),
    owesAllRecords: db.prepare('UPDATE record_outbox SET since = ?, why = NULL'),
  }
}
