import { actorName, cut, lineBytes, listed, quoted, quotedEnd, since } from '../task/wording.ts'
import { type LetterClass, letterClasses } from './class.ts'
import type { LetterRecord } from './record.ts'
import type { LetterList, LetterReply, LetterView } from './view.ts'

const mostListed = 10

/** What is said of a new letter in its room, or, not `open`, in the house's own without a word of what was in it. */
export function letterLine(record: LetterRecord, open: boolean): string {
  const { label, kind, task, after, reason } = record
  const again = after === null ? '' : ` It is ${after}, tried again.`
  const ways = waysOut(label, kind)
  if (!open) {
    const hidden =
      kind === 'follow-up'
        ? 'what was to follow a private task did not come'
        : `something was given up at ${seatName(record)}'s seat`
    return `${label}: ${hidden} (${record.class}).${again} ${ways}`
  }
  const what =
    kind === 'follow-up'
      ? `what was to follow ${task} did not come`
      : `${seatName(record)} gave ${task === null ? 'something' : `${task} at its seat`} up`
  const room = lineBytes - Buffer.byteLength(`${label}: ${what} (${record.class}): ""${again} ${ways}`) - 1
  return `${label}: ${what} (${record.class}): ${quotedEnd(reason, Math.max(20, room))}${again} ${ways}`
}

function waysOut(label: string, kind: LetterRecord['kind']): string {
  const drop = `!dlq drop ${label} <why> ends it.`
  return kind === 'other' ? `Nothing can be done with it; ${drop}` : `!dlq retry ${label} tries it again, ${drop}`
}

/** What is said when there are too many to say one by one. */
export function burstLine(records: readonly Pick<LetterRecord, 'label' | 'class'>[]): string {
  const [first, last] = [records[0]?.label ?? '', records.at(-1)?.label ?? '']
  const kinds = countsOf(records).map(([name, count]) => `${count} ${name}`)
  return `${records.length} things were given up: ${listed(kinds)} (${first} to ${last}). !dlq lists what waits, !dlq retry ${first} tries one again.`
}

/** How many of each class there are, without those of which there are none. */
function countsOf(records: Iterable<Pick<LetterRecord, 'class'>>): [LetterClass, number][] {
  const counts = new Map<LetterClass, number>(letterClasses.map((name) => [name, 0]))
  for (const { class: name } of records) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].filter(([, count]) => count > 0)
}

/** The answer to `!dlq`, a line for each of the first `most`. */
export function letterListLines({ letters, more, waiting }: LetterList, now: Date, most = mostListed): string[] {
  if (letters.length === 0) return ['No dead letter waits.']
  const left = letters.length - Math.min(letters.length, most) + more
  const lines = letters.slice(0, most).map((view) => listLine(view, now))
  const first = letters.find(({ state }) => state === 'waiting')?.label
  return [
    ...lines,
    ...(left > 0 ? [`and ${left} more.`] : []),
    ...(first === undefined
      ? []
      : [
          `${waiting} ${waiting === 1 ? 'waits' : 'wait'}. !dlq ${first} tells more, !dlq retry ${first} tries it again.`,
        ]),
  ]
}

function listLine(view: LetterView, now: Date): string {
  const { label, content, at, state, after } = view
  const parts = [
    view.class,
    ...(state === 'waiting' ? [] : [stateWords(view)]),
    ...(after === null ? [] : [`was ${after}`]),
    `${since(at, now)} old`,
  ]
  const why = content === null || content.reason === '' ? '' : `: ${quoted(content.reason, 160)}`
  return cut(`${label} ${forWhom(view)}, ${parts.join(', ')}${why}`, lineBytes)
}

/** The answer to `!dlq d-3`: all about one letter, a line for each thing. */
export function letterLines(view: LetterView, now: Date): string[] {
  const { label, content, at, kind, after, state } = view
  const where = kind === 'follow-up' ? '' : ` at ${seatName(view)}'s seat`
  const head = `${label}: ${stateWords(view)}, ${view.class}, given up${where} ${since(at, now)} ago.`
  const again = after === null ? [] : [`It is ${after}, tried again.`]
  const ways = state === 'waiting' ? [waysOut(label, kind)] : []
  if (content === null) {
    return [head, ...again, 'What is in it is for those who are in that conversation.', ...ways].map(fitting)
  }
  const { reason, room, requester, task, outcome, said, follow_up, editable } = content
  const place = room === null ? '' : room.visibility === 'public' ? ` in #${cut(room.name, 40)}` : ' in private'
  const asked = requester === null ? [] : [`asked by ${actorName(requester)}${place}.`]
  return [
    head,
    ...again,
    ...(reason === '' ? [] : [`reason: ${quotedEnd(reason, 280)}`]),
    ...asked,
    ...(task === null ? [] : [`about: ${task}.`]),
    ...(said === null ? [] : [`text: ${cut(said.name, 40)} said ${quotedEnd(said.text, 220)}`]),
    ...(follow_up === null
      ? []
      : [
          `role: ${cut(follow_up.role, 64)}`,
          `title: ${quoted(follow_up.title, 250)}`,
          ...follow_up.accept.slice(0, 4).map((one) => `accept: ${quoted(one, 250)}`),
          ...(follow_up.about === '' ? [] : [`about: ${quoted(follow_up.about, 250)}`]),
        ]),
    ...(outcome?.reason ? [`dropped because: ${quotedEnd(outcome.reason, 250)}`] : []),
    ...ways,
    ...(state === 'waiting' && editable.length > 0
      ? [`!dlq edit ${label} ${editable[0]}: ... changes it first, and makes it yours. It has ${listed(editable)}.`]
      : []),
  ].map(fitting)
}

/** The answer to what was asked to be done with a letter. */
export function answerAboutLetter({ letter, did }: LetterReply): string {
  const { label, content } = letter
  if (!did) return `${label} is ${stateWords(letter)} already.`
  const task = content?.outcome?.task ?? null
  switch (letter.state) {
    case 'retried':
      return task === null ? `${label} is tried again.` : `${label} is tried again: it is ${task} now.`
    case 'dropped':
      return `${label} is dropped.`
    case 'done':
      return task === null
        ? `${label} is not needed any more.`
        : `${label} is not needed any more: ${task} came by itself.`
    case 'waiting':
    case 'retrying':
      return `${label} is ${stateWords(letter)}.`
    default:
      return letter.state satisfies never
  }
}

function stateWords({ state, content }: LetterView): string {
  const name = content?.outcome?.name ?? null
  const by = name === null ? '' : ` by ${cut(name, 40)}`
  switch (state) {
    case 'waiting':
      return 'waiting'
    case 'retrying':
      return `being tried again${by}`
    case 'retried':
      return `tried again${by}`
    case 'dropped':
      return `dropped${by}`
    case 'done':
      return 'done'
    default:
      return state satisfies never
  }
}

/** Whose it was; what was to follow a task was nobody's yet. */
function forWhom(view: LetterView): string {
  if (view.kind !== 'follow-up') return seatName(view)
  const task = view.content?.task ?? null
  return task === null ? 'to follow a task' : `to follow ${task}`
}

/** A role's name, or what somebody wrote in its place. */
function seatName({ seat }: Pick<LetterRecord, 'seat'>): string {
  return /^[a-z][a-z0-9-]{0,63}$/.test(seat) ? seat : quoted(seat, 40)
}

function fitting(line: string): string {
  return cut(line, lineBytes)
}
