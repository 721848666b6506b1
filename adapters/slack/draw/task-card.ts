import type { KnownBlock, SectionBlock } from '@slack/types'
import { oneLine } from '../../../core/clean-text.ts'
import { escapeSlack } from '../../../core/markup/mrkdwn-line.ts'
import type { TaskCard } from '../../../core/task/card.ts'
import { quotedEnd } from '../../../core/task/wording.ts'
import { taskButtons } from './task-buttons.ts'
import { inQuotes, marked, moment, plain, plainPieces, utc } from './text.ts'

/** Slack's limit for the text of a section is 3000. */
const sectionLimit = 2_900
/**
 * Slack refuses a message of about 13200 characters, whatever it documents. What is approved may take most of that: a result has at
 * most 8000, and fits unless it has very many lines. Everything else is shorter then.
 */
const mostPieces = 3
const roomy = { criteria: 6, line: 300, reason: 1_000, plan: 2_000 }
const tight = { criteria: 4, line: 120, reason: 200, plan: 200 }
const mostDoubts = 1_000
/** What core puts before each line of a result. */
const mark = '> '
/** For notifications. */
const textLimit = 1_000

/**
 * A task's card: its title and what else was written only ever stand in plain text elements, so nothing in them can look like a part of
 * it. `text` says all of its state in words, for notifications and screen readers.
 */
export function taskCardMessage(card: TaskCard): { text: string; blocks: KnownBlock[] } {
  const { evidence, plan, reason, trouble, approval } = card
  const limits = approval === null ? roomy : tight
  return {
    text: wholeText(card),
    blocks: [
      { type: 'header', text: plain(headingOf(card), 150) },
      fields(card),
      plainSection(`Done when:\n${criteriaLines(card, limits).join('\n')}`),
      ...(evidence.length === 0 ? [] : [plainSection(`Verification:\n${evidenceLines(card, limits.line).join('\n')}`)]),
      ...(plan === null ? [] : [plainSection(`Plan: ${inQuotes(plan, limits.plan)}`)]),
      ...(reason === null ? [] : [plainSection(`Reason: ${inQuotes(reason, limits.reason)}`)]),
      ...(trouble === null
        ? []
        : [plainSection(`${trouble.words}: ${quotedEnd(oneLine(trouble.reason, tight.reason), 800)}`)]),
      ...(approval === null ? resultBlocks(card) : approvalBlocks(approval)),
      ...taskButtons(card),
    ],
  }
}

/** `t-13 "Add rate limiting"`: the label first, which nobody can write there. */
export function headingOf({ label, title }: Pick<TaskCard, 'label' | 'title'>): string {
  return `${label} ${inQuotes(title, 120)}`
}

/** What a person is asked to approve: why it looks odd, all of it, what follows from a yes, and until when. */
export function approvalBlocks({ call, doubts, risk, expires }: NonNullable<TaskCard['approval']>): KnownBlock[] {
  const parts = plainPieces(`To approve: ${call}`, sectionLimit - mark.length)
  const hidden = parts.slice(mostPieces).join(' ').length
  return [
    ...(doubts.length === 0
      ? []
      : [{ type: 'section' as const, text: plain(`Look at this first: ${doubts.join(' ')}`, mostDoubts) }]),
    // A section that begins within a line of the result is marked as that line is, or it would pass for words of ours.
    ...parts
      .slice(0, mostPieces)
      .map((part, index) => plainSection(index === 0 ? part : part.startsWith(mark) ? part : mark + part)),
    ...(hidden === 0
      ? []
      : [plainSection(`${hidden} more characters are not shown here. Do not approve what you cannot see.`)]),
    plainSection(`If you approve: ${risk}`),
    ...(expires === null ? [] : [{ type: 'section' as const, text: marked(`Answer by ${moment(expires)}.`) }]),
  ]
}

function fields({ state, stage, role, requester, priority, due }: TaskCard): SectionBlock {
  return {
    type: 'section',
    fields: [
      plain(`State: ${state}`, 500),
      ...(stage === null ? [] : [plain(`Stage: ${stage}`, 50)]),
      plain(`For: ${role}`, 100),
      plain(`Asked by: ${inQuotes(requester, 60)}`, 100),
      ...(priority === 'normal' ? [] : [plain(`Priority: ${priority}`, 50)]),
      ...(due === null ? [] : [marked(`Due: ${moment(due)}`)]),
    ],
  }
}

function criteriaLines({ criteria }: TaskCard, limits: typeof roomy): string[] {
  const shown = criteria.slice(0, limits.criteria).map((text) => `• ${inQuotes(text, limits.line)}`)
  const hidden = criteria.length - shown.length
  return hidden > 0 ? [...shown, `and ${hidden} more.`] : shown
}

function evidenceLines({ evidence }: TaskCard, limit: number): string[] {
  return evidence.map(({ words, passed }) => {
    const verdict = passed === null ? 'Still to come' : passed ? 'Passed' : 'Did not pass'
    return `${verdict}: ${plain(words, limit).text}`
  })
}

function resultBlocks({ result }: TaskCard): KnownBlock[] {
  return result === null ? [] : [plainSection(`Result: ${inQuotes(result, 2_000)}`)]
}

function wholeText(card: TaskCard): string {
  const { label, title, role, state, stage, requester, priority, due, reason, trouble, result, approval, actions } =
    card
  const sentences = [
    `${label} ${inQuotes(title, 200)} for ${role}: ${state}${stage === null ? '' : ` (${stage})`}.`,
    `Asked by ${inQuotes(requester, 60)}.`,
    ...(priority === 'normal' ? [] : [`Priority ${priority}.`]),
    ...(due === null ? [] : [`Due ${utc(due)}.`]),
    ...evidenceLines(card, tight.line).map((line) => `${line}.`),
    ...(reason === null ? [] : [`Reason: ${quotedEnd(oneLine(reason, 200), 800)}`]),
    ...(trouble === null ? [] : [`${trouble.words}: ${quotedEnd(oneLine(trouble.reason, 200), 800)}`]),
    ...(result === null ? [] : [`Result: ${quotedEnd(oneLine(result, 200), 800)}`]),
    ...(approval === null || approval.doubts.length === 0 ? [] : [`Look at this first: ${approval.doubts.join(' ')}`]),
    ...(approval === null ? [] : [`If you approve: ${approval.risk}`]),
    ...(actions.length === 0 ? [] : [`You can: ${actions.map((action) => action.label).join(', ')}.`]),
  ]
  return escapeSlack(plain(sentences.join(' '), textLimit).text)
}

function plainSection(text: string): SectionBlock {
  return { type: 'section', text: plain(text, sectionLimit) }
}
