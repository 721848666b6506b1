/** How fast a word that is repeated stops counting. */
const saturation = 1.2

/** How much a stem says that stands in so many of the sections: much when it is rare, little when it is everywhere, never nothing. */
export function rarity(frequency: number, sections: number): number {
  return Math.log(1 + (sections - frequency + 0.5) / (frequency + 0.5))
}

/**
 * How well a text fits a stem that stands in it `times`, between 0 and `rarity`. `length` is how many words it has, and how much that
 * counts is `slope`, between 0 (not at all) and 1.
 */
export function fit(
  rarityOfStem: number,
  times: number,
  length: { of: number; average: number; slope: number },
): number {
  const norm = 1 - length.slope + (length.slope * length.of) / length.average
  return (rarityOfStem * times * (saturation + 1)) / (times + saturation * norm)
}
