/** How fast a word that is repeated stops counting. */
const saturation = 1.2

/** How much a stem says that stands in so many of the sections: much when it is rare, little when it is everywhere, never nothing. */
export function rarity(frequency: number, sections: number): number {
  return Math.log(1 + (sections - frequency + 0.5) / (frequency + 0.5))
}

/**
 * How well a text fits a stem that stands in it `times`: 0 when it does not, and a little more than twice its rarity at most. `length` is how many words it has, and how much that
 * counts is `slope`, between 0 (not at all) and 1.
 */
export function fit(
  rarityOfStem: number,
  times: number,
  length: { of: number; average: number; slope: number },
): number {
  // Where there are only titles, all texts are as long as any other.
  const relative = length.average > 0 ? length.of / length.average : 1
  const norm = 1 - length.slope + length.slope * relative
  return (rarityOfStem * times * (saturation + 1)) / (times + saturation * norm)
}
