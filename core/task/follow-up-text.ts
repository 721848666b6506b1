import { roleNamed } from '../mention.ts'
import { cutAssignment } from './assignment-text.ts'
import {
  type KnownNames,
  type Read,
  readList,
  readPriority,
  readSteps,
  readWords,
  unknownRole,
  use,
  wrong,
} from './assignment-values.ts'
import { quotedFront, unquoted } from './quoted-span.ts'
import type { FollowUp } from './task.ts'
import { placeholders, unknownPlaceholders } from './template.ts'

/** The keys behind which a follow-up stands: in a row, beside the first, and after a failure. */
type FollowUpKey = 'then' | 'also' | 'else'

type Payload = FollowUp['payload_template']

/** What a follow-up has to show when nothing else is said. */
const plainCriterion = 'The result says what came of it.'

/** Behind an unquoted title, brackets that begin with a key are settings; any other are part of the title. */
const settingsAt = /\s\(\s{0,9}[A-Za-z]{1,19}\s?:/

/** Whether `then:` says that nothing is to follow. */
export function isNothing(text: string): boolean {
  return /^(?:nothing|none)[.!]?$/i.test(unquoted(text))
}

/** Reads what stands behind `then:`, `also:` or `else:`: `cso "Review {task_id}" (accept: ...; verify: ...)`. */
export function readFollowUp(key: FollowUpKey, text: string, known: KnownNames): Read<FollowUp> {
  const [, word = '', rest = ''] = text.match(/^(\S+)\s*(.*)$/s) ?? []
  if (word === '' || word.startsWith('"') || word.startsWith('“')) return wrong(key, 'begins with a role')
  const name = word.replace(/^@/, '').replace(/[:,]$/, '').toLowerCase()
  const role = roleNamed(name, known.roles)
  if (role === null) return { problem: `${key}: ${unknownRole(name, known.roles)}` }
  const { title, settings } = titleAndSettings(rest)
  const heading = readWords(key, title, 200)
  if ('problem' in heading) return heading
  const payload: Payload = {
    title: heading.value.replace(/\s+/g, ' '),
    description: '',
    acceptance_criteria: [],
    verification: [],
    on_complete: [],
  }
  const problem = settings === null ? null : readSettings(key, settings, payload, known)
  if (problem !== null) return { problem }
  if (payload.acceptance_criteria.length === 0) payload.acceptance_criteria.push(plainCriterion)
  const unknown = unknownPlaceholders([payload.title, payload.description, ...payload.acceptance_criteria].join('\n'))
  if (unknown.length === 0) return { value: { publish_to: role, payload_template: payload } }
  const list = placeholders.map((one) => `{${one}}`).join(', ')
  return {
    problem: `${key}: nothing stands for {${unknown[0]}}; there is ${list}. A brace that is meant is written twice, {{.`,
  }
}

/** Several follow one after another: each is what follows the one before. */
export function chained([first, ...others]: FollowUp[]): FollowUp[] {
  if (first === undefined) return []
  return [{ ...first, payload_template: { ...first.payload_template, on_complete: chained(others) } }]
}

function titleAndSettings(text: string): { title: string; settings: string | null } {
  const front = quotedFront(text)
  if (front !== null && (front.behind === '' || front.behind.startsWith('('))) {
    return { title: text.slice(0, text.length - front.behind.length), settings: front.behind || null }
  }
  const at = text.search(settingsAt)
  return at === -1 ? { title: text, settings: null } : { title: text.slice(0, at), settings: text.slice(at + 1) }
}

/** Fills in what the brackets say; returns the problem, or null. */
function readSettings(key: FollowUpKey, brackets: string, payload: Payload, known: KnownNames): string | null {
  if (!brackets.endsWith(')'))
    return `${key}: a bracket is not closed at its end, as in ${key}: cso "Review {task_id}" (accept: ...).`
  const { head, parts, strays } = cutAssignment(brackets.slice(1, -1).trim())
  const [stray] = strays
  if (stray !== undefined) return `${key}: ${stray.said}: is no key; did you mean ${stray.meant}:?`
  if (head !== '') return `${key}: in its brackets only accept:, verify:, priority: and about: can stand.`
  for (const part of parts) {
    const problem = fill(part.key, part.text)
    if (problem !== null) return `${key}: ${problem}`
  }
  return null

  function fill(setting: string, text: string): string | null {
    switch (setting) {
      case 'accept':
        return use(readList('accept', text, 500), (list) => payload.acceptance_criteria.push(...list))
      case 'verify':
        return use(readSteps(text, known), (steps) => payload.verification.push(...steps))
      case 'priority':
        return use(readPriority(text), (priority) => {
          payload.priority = priority
        })
      case 'about':
        return use(readWords('about', text, 4_000), (words) => {
          payload.description = words
        })
      default:
        return `${setting}: cannot be said of a follow-up; accept:, verify:, priority: and about: can.`
    }
  }
}
