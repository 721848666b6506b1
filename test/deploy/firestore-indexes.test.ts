import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { foldersWithBody, neededIndexes } from '../../adapters/firestore/layout.ts'
import { cloneFolder } from '../support/process.ts'

const deploy = join(cloneFolder, 'deploy')
const json = (name: string): unknown => JSON.parse(readFileSync(join(deploy, name), 'utf8'))

/** What `firebase deploy` takes, as far as we use it; anything else in the file is a slip. */
const scope = z.enum(['COLLECTION', 'COLLECTION_GROUP'])
const order = z.enum(['ASCENDING', 'DESCENDING'])
const indexFileSchema = z.strictObject({
  indexes: z.array(
    z.strictObject({
      collectionGroup: z.string().min(1),
      queryScope: scope,
      fields: z.array(z.strictObject({ fieldPath: z.string().min(1), order })).min(2),
    }),
  ),
  fieldOverrides: z.array(
    z.strictObject({
      collectionGroup: z.string().min(1),
      fieldPath: z.string().min(1),
      indexes: z.array(z.strictObject({ queryScope: scope, order })),
    }),
  ),
})

const file = indexFileSchema.parse(json('firestore.indexes.json'))

test('the file of indexes names nothing twice', () => {
  const named = [
    ...file.indexes.map((index) => JSON.stringify(index)),
    ...file.fieldOverrides.map(({ collectionGroup, fieldPath }) => `${collectionGroup} ${fieldPath}`),
  ]
  expect(named.toSorted()).toEqual([...new Set(named)].toSorted())
})

test('the indexes are those that the adapter says its queries need', () => {
  const sorted = (all: readonly object[]) =>
    all.map((one) => JSON.stringify(indexFileSchema.shape.indexes.element.parse(one))).toSorted()
  expect(sorted(file.indexes)).toEqual(sorted(neededIndexes))
})

test('the body of a document is indexed nowhere: nobody asks by it, and every entry is paid for', () => {
  const withoutIndex = file.fieldOverrides.filter(({ fieldPath }) => fieldPath === 'body')
  expect(withoutIndex.map(({ collectionGroup }) => collectionGroup).toSorted()).toEqual(foldersWithBody.toSorted())
  for (const { collectionGroup, indexes } of withoutIndex) expect(indexes, collectionGroup).toEqual([])
})

test('fields of tasks and commits, of which there are many, have no index that nobody uses', () => {
  const without = (folder: string) =>
    file.fieldOverrides.flatMap(({ collectionGroup, fieldPath }) => (collectionGroup === folder ? fieldPath : []))
  // Asked for across folders, by an index of several fields, which this leaves alone; inside a folder they are all the same, or the name.
  expect(without('tasks')).toEqual(['body', 'org', 'key'])
  // Of one task's commits the version is in the name; all others are asked for by place, across folders.
  expect(without('commits')).toEqual(['body', 'org', 'key', 'place', 'id', 'at'])
})

test('rules and indexes are deployed together, by the names that they have', () => {
  const firestore = { rules: 'firestore.rules', indexes: 'firestore.indexes.json' }
  expect(json('firebase.json')).toEqual({ firestore })
  expect(readFileSync(join(deploy, firestore.rules), 'utf8')).toMatch(/^rules_version = '2';$/m)
})
