const ones =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'

/** "One" is as often somebody as a number, so it is none. */
const values = new Map<string, string>([
  ...ones.split(' ').flatMap((word, value): [string, string][] => (word === 'one' ? [] : [[word, String(value)]])),
  ...tens.split(' ').map((word, at): [string, string] => [word, String((at + 2) * 10)]),
  ['dozen', '12'],
  ['hundred', '100'],
  ['thousand', '1000'],
  ['million', '1000000'],
  ['billion', '1000000000'],
  ['half', '½'],
  ['twice', '2'],
  ['double', '2'],
])

// A unit may stand between two numbers and belong to either, so it is only looked at.
const number = /(?:(?<=([$€£¥])\s?)|)(\p{N}+(?:[.,]\p{N}+)*)(?=(?:\s?([%$€£¥])|\s?(per ?cent)(?!\p{L}))?)/giu

/**
 * The numbers of a text, in digits or words, each in one spelling: `1,000` and "thousand" are `1000`, `14 percent` is both `14` and
 * `14%`. A number with a unit is there with and without it. Takes linear time.
 */
export function numbersOf(text: string): Set<string> {
  const found = new Set<string>()
  for (const [, before, digits = '', after, percent] of text.matchAll(number)) {
    const value = evenly(digits)
    found.add(value)
    for (const unit of [before, after, percent === undefined ? undefined : '%']) {
      if (unit !== undefined) found.add(value + unit)
    }
  }
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    const value = values.get(word)
    if (value !== undefined) found.add(value)
  }
  return found
}

function evenly(digits: string): string {
  const [whole = '', ...parts] = digits.replace(/,(?=\p{N}{3}(?!\p{N}))/gu, '').split(/[.,]/)
  return [whole.replace(/^0+(?=\p{N})/u, ''), ...parts].join('.')
}
