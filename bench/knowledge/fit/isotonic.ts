/** A raw value, whether it was right, and how much it counts. */
export interface Point {
  value: number
  right: boolean
  weight: number
}

/**
 * The steps of the rising function nearest to the points (pool adjacent violators), as its corners: value and share of right ones, both
 * rising. Steps with less than `least` of all weight are joined with the next, so that no probability rests on a handful.
 */
export function fitIsotonic(points: readonly Point[], least: number): [number, number][] {
  const sorted = points.toSorted((one, other) => one.value - other.value)
  const all = sorted.reduce((sum, { weight }) => sum + weight, 0)
  interface Step {
    weight: number
    right: number
    values: number
  }
  const steps: Step[] = []
  for (const { value, right, weight } of sorted) {
    steps.push({ weight, right: right ? weight : 0, values: value * weight })
    while (steps.length > 1) {
      const last = steps.at(-1) as Step
      const before = steps.at(-2) as Step
      if (before.right / before.weight < last.right / last.weight && before.weight >= least * all) break
      steps.splice(-2, 2, {
        weight: before.weight + last.weight,
        right: before.right + last.right,
        values: before.values + last.values,
      })
    }
  }
  return steps.map(({ weight, right, values }) => [values / weight, right / weight])
}
