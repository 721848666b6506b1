/** The label that people mean by `t-13`, `T-13`, `#13` or `13`, or null when the word is no task. */
export function asLabel(word: string): string | null {
  const [, number] = word.match(/^(?:[tT]-|#)?([1-9]\d{0,15})$/) ?? []
  return number === undefined ? null : `t-${number}`
}

/** The answer to a word that stands where a task should. */
export function noTaskSentence(word: string): string {
  return `${word} is no task; they look like t-13.`
}
