/** The label of a letter by its number. */
export function letterLabel(number: number): string {
  return `d-${number}`
}

/** The label that people mean by `d-3`, `D-3`, `#3` or `3`, or null when the word is no letter. */
export function asLetterLabel(word: string): string | null {
  const [, number] = word.match(/^(?:[dD]-|#)?([1-9]\d{0,15})$/) ?? []
  return number === undefined ? null : `d-${number}`
}

/** The number in a label, to sort by. */
export function letterNumber(label: string): number {
  return Number(label.slice(2))
}
