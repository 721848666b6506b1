import { oneLine } from '../clean-text.ts'

/** What a follow-up may say of the task before it. */
export const placeholders = ['task_id', 'title', 'role', 'requester', 'result', 'reason'] as const
type Placeholder = (typeof placeholders)[number]
/** What stands for each; a task that did not fail has no reason. */
type PlaceholderValues = Readonly<Record<Exclude<Placeholder, 'reason'>, string> & { reason?: string }>

/** What is filled in is a remark about a task, not the task. UTF-16 units. */
const valueLimit = 200
/** Braces that are doubled stand for themselves; anything short between two braces is meant as a placeholder. */
const braces = /\{\{|\}\}|\{([^{}\n]{0,64})\}/g

/**
 * The text with its placeholders filled in. Values are data: each becomes one plain line of at most 200 characters, and a brace in
 * one stays a brace. What is no placeholder stays as it stands; the whole is cut to `limit` characters.
 */
export function fillTemplate(text: string, values: PlaceholderValues, limit = 4_000): string {
  const filled = text.replace(braces, (whole, word: string | undefined) => {
    if (word === undefined) return whole.charAt(0)
    return isPlaceholder(word) ? oneLine(values[word] ?? '', valueLimit) || '(none)' : whole
  })
  return filled.length <= limit ? filled : `${filled.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** What stands in braces and is no placeholder, each once, as it is written. */
export function unknownPlaceholders(text: string): string[] {
  const words = [...text.matchAll(braces)].flatMap(([, word]) => (word === undefined ? [] : [word]))
  return [...new Set(words.filter((word) => !isPlaceholder(word)))]
}

function isPlaceholder(word: string): word is Placeholder {
  return (placeholders as readonly string[]).includes(word)
}
