/** The label that people mean by `q-17` or `Q-17`, or null when the word is no question. A number alone may be part of what they say. */
export function asQuestionLabel(word: string): string | null {
  const [, number] = word.match(/^[qQ]-([1-9]\d{0,15})$/) ?? []
  return number === undefined ? null : `q-${number}`
}

/** The answer to a word that stands where a question should. */
export function noQuestionSentence(word: string): string {
  return `${word} is no question; they look like q-17.`
}
