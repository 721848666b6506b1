import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { taskSchema } from '../../core/task/task.ts'

/*
 * `place` counts commits and tasks as they first came, which is the order of the ledger. It stays when a ledger is refilled and all
 * sequences change, so it is what pages go by. Being the row id, it is also the end of every index.
 *
 * Labels are not unique here: if two entries of the ledger ever had the same one, refusing the second would stop all that follow it.
 */
export const taskTables = `
  CREATE TABLE commits (
    place INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (key, version)
  ) STRICT;
  CREATE INDEX commits_by_seq ON commits (seq);
  CREATE TABLE tasks (
    place INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    live INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX tasks_by_number ON tasks (number);
  CREATE INDEX tasks_by_role ON tasks (role, status);
  CREATE INDEX tasks_by_status ON tasks (status);
  CREATE INDEX tasks_live ON tasks (live) WHERE live = 1;
  CREATE INDEX tasks_counted ON tasks (role, status) WHERE live = 1;
`

/**
 * The version of the file: made from the tables and from what a task looks like, so that a file with tasks of another shape is never
 * trusted, and is made anew from the ledger. Commits are read whatever their age, as the ledger's are.
 */
export function taskTablesVersion(): number {
  const layout = JSON.stringify([taskTables, z.toJSONSchema(taskSchema)])
  // What SQLite has room for, and not the 0 of a new file.
  return (createHash('sha256').update(layout).digest().readUInt32BE() >>> 1) | 1
}

/** Everything that is asked of the tables. Throws when they are not the ones above. */
export function taskStatements(db: DatabaseSync) {
  return {
    keepCommit: db.prepare(`
      INSERT INTO commits (key, version, seq, body) VALUES (?, ?, ?, ?)
      ON CONFLICT (key, version) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq`),
    keepTask: db.prepare(`
      INSERT INTO tasks (key, number, version, role, status, live, body) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE
      SET version = excluded.version, role = excluded.role, status = excluded.status, live = excluded.live, body = excluded.body
      WHERE excluded.version >= version`),
    task: db.prepare('SELECT body FROM tasks WHERE key = ?'),
    taskAtPlace: db.prepare('SELECT body FROM tasks WHERE place = ?'),
    taskByNumber: db.prepare(`
      SELECT body, min(json_extract(body, '$.created_at') || ' ' || key) FROM tasks WHERE number = ? GROUP BY number`),
    livePage: db.prepare('SELECT place, body FROM tasks WHERE live = 1 AND place > ? ORDER BY place LIMIT ?'),
    newest: db.prepare('SELECT place FROM tasks ORDER BY place DESC LIMIT ?'),
    newestWithStatus: db.prepare('SELECT place FROM tasks WHERE status = ? ORDER BY place DESC LIMIT ?'),
    newestOfRole: db.prepare('SELECT place FROM tasks WHERE role = ? AND status = ? ORDER BY place DESC LIMIT ?'),
    commitsOf: db.prepare('SELECT body FROM commits WHERE key = ? ORDER BY version'),
    commitPage: db.prepare('SELECT place, seq, body FROM commits WHERE place > ? ORDER BY place LIMIT ?'),
    commitAt: db.prepare('SELECT body FROM commits WHERE seq = ? ORDER BY place DESC LIMIT 1'),
    lastSeq: db.prepare('SELECT max(seq) AS value FROM commits'),
    highestNumber: db.prepare('SELECT max(number) AS value FROM tasks'),
    // Left to itself, SQLite takes the other index of live tasks, reads all of them and sorts.
    counts: db.prepare(`
      SELECT role, status, count(*) AS count FROM tasks INDEXED BY tasks_counted
      WHERE live = 1 GROUP BY role, status ORDER BY role, status`),
  }
}
