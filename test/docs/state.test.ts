import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { help } from '../../cli/help.ts'
import { mostBytes } from '../../core/state/fit-task.ts'
import { stateSettingsSchema } from '../../core/state/settings.ts'
import { cloneFolder } from '../support/process.ts'

const page = readFileSync(join(cloneFolder, 'docs/state.md'), 'utf8')
const rules = readFileSync(join(cloneFolder, 'deploy/firestore.rules'), 'utf8')

/** The rows of the table with this head. */
function rowsUnder(head: string): string[][] {
  const lines = page.split('\n')
  const from = lines.indexOf(head) + 2
  const to = lines.findIndex((line, index) => index >= from && !line.startsWith('|'))
  return lines.slice(from, to).map((line) => line.slice(2, -2).split(' | '))
}

test('docs/state.md has every setting with its default', () => {
  const { firestore, ...others } = stateSettingsSchema.parse({ firestore: { project: 'our-project' } })
  const { project, ...ofFirestore } = { ...firestore }
  expect(project).toBe('our-project')
  const defaults = [
    ['`firestore.project`', 'none'],
    ...Object.entries(ofFirestore).map(([name, value]) => [`\`firestore.${name}\``, `\`${value}\``]),
    ...Object.entries(others).map(([name, value]) => [`\`${name}\``, `${value}`]),
  ]
  expect(rowsUnder('| setting of `state:` | default | what it is |').map((row) => row.slice(0, 2))).toEqual(defaults)
})

test('docs/state.md has every command of the state store, as the help has them', () => {
  const inHelp = help.match(/^ {2}state\b.*?(?= {2}|$)/gm) ?? []
  const commands = rowsUnder('| command | what it does |').map(([command = '']) => command.replaceAll(/[`\\]/g, ''))
  expect(commands).toEqual(inHelp.map((command) => `breakroom ${command.trim()}`))
})

test('docs/state.md says how large a document may be', () => {
  expect(page).toContain(`at most ${mostBytes.toLocaleString('en')} bytes`)
})

test('docs/state.md and the access rules know the same documents, and the same claims', () => {
  const rows = rowsUnder('| document | holds | read by |').map(([path = '', , who]) => ({
    path: path.slice(1, -1),
    who,
  }))
  const { allowed, closed } = pathsOf(rules)
  expect(withoutNames(rows.map(({ path }) => path))).toEqual(withoutNames([...allowed, ...closed]))
  expect(withoutNames(rows.flatMap(({ path, who }) => (who === 'nobody' ? path : [])))).toEqual(withoutNames(closed))
  for (const claim of new Set(rules.match(/breakroom_[a-z]+/g))) expect(page).toContain(`  ${claim}: `)
})

test('every file of deploy/ that docs/state.md names is there', () => {
  const named = page.match(/deploy\/[\w.-]+\w/g) ?? []
  expect(named.length).toBeGreaterThan(2)
  for (const path of named) expect(existsSync(join(cloneFolder, path)), path).toBe(true)
})

/** What the rules have something to say about: paths that somebody may read, and those that nobody may. */
function pathsOf(text: string): { allowed: string[]; closed: string[] } {
  const found = { allowed: [] as string[], closed: [] as string[] }
  const open: string[] = []
  for (const line of text.split('\n')) {
    const match = /^\s*match (\S+) \{/.exec(line)?.[1]
    const allow = /^\s*allow (?:get|read): if (.*);/.exec(line)?.[1]
    if (match !== undefined) open.push(match)
    else if (/\{$/.test(line)) open.push('')
    else if (/^\s*\}$/.test(line)) open.pop()
    if (allow !== undefined) found[allow === 'false' ? 'closed' : 'allowed'].push(open.join(''))
  }
  return found
}

/** What a path calls its parts differs; which parts it has does not. */
function withoutNames(paths: readonly string[]): string[] {
  const bare = (path: string) => path.replace(/^.*\/documents\//, '').replaceAll(/\{\w+\}/g, '{}')
  return paths.map(bare).toSorted()
}
