/** The candidates of one question: their values row by row, and which of them are right. */
export interface List {
  rows: readonly Float64Array[]
  right: readonly boolean[]
  weight: number
}

export interface ListwiseOptions {
  /** Strength of the ridge, on values scaled to a spread of one. */
  ridge: number
  steps: number
  /** +1: may only speak for a row; -1: only against it; 0: either; null: left out. */
  directions?: readonly (1 | 0 | -1 | null)[]
}

/**
 * Weights that make right candidates likely among those of their question (the logarithm of the softmax share of all right ones).
 * Questions without a right candidate teach nothing. Deterministic: full gradient, Adam's steps.
 */
export function fitListwise(lists: readonly List[], { ridge, steps, directions }: ListwiseOptions): Float64Array {
  const taught = lists.filter(({ right }) => right.includes(true))
  const width = taught[0]?.rows[0]?.length ?? 0
  const { flat, spread, starts } = flatten(taught, width)
  const mass = taught.reduce((sum, { weight }) => sum + weight, 0)
  const weights = new Float64Array(width)
  const mean = new Float64Array(width)
  const square = new Float64Array(width)
  for (let step = 1; step <= steps; step++) {
    const gradient = gradientOf(taught, flat, starts, weights, width)
    const rate = step < steps * 0.7 ? 0.05 : 0.01
    for (let place = 0; place < width; place++) {
      const direction = directions?.[place] ?? (directions?.[place] === null ? null : 0)
      if (direction === null) continue
      const slope = (gradient[place] ?? 0) / mass + ridge * (weights[place] ?? 0)
      mean[place] = 0.9 * (mean[place] ?? 0) + 0.1 * slope
      square[place] = 0.999 * (square[place] ?? 0) + 0.001 * slope * slope
      const move =
        (mean[place] ?? 0) / (1 - 0.9 ** step) / (Math.sqrt((square[place] ?? 0) / (1 - 0.999 ** step)) + 1e-8)
      const next = (weights[place] ?? 0) - rate * move
      weights[place] = direction === 0 || next * direction > 0 ? next : 0
    }
  }
  return weights.map((weight, place) => weight / (spread[place] ?? 1))
}

function flatten(
  lists: readonly List[],
  width: number,
): { flat: Float64Array; spread: Float64Array; starts: Int32Array } {
  const starts = new Int32Array(lists.length + 1)
  for (const [place, { rows }] of lists.entries()) starts[place + 1] = (starts[place] ?? 0) + rows.length
  const count = starts[lists.length] ?? 0
  const flat = new Float64Array(count * width)
  let row = 0
  for (const { rows } of lists) for (const values of rows) flat.set(values, row++ * width)
  const spread = new Float64Array(width)
  for (let place = 0; place < width; place++) {
    let sum = 0
    let squares = 0
    for (let at = place; at < flat.length; at += width) {
      const value = flat[at] as number
      sum += value
      squares += value * value
    }
    spread[place] = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) || 1
  }
  for (let at = 0; at < flat.length; at++) flat[at] = (flat[at] as number) / (spread[at % width] as number)
  return { flat, spread, starts }
}

function gradientOf(
  lists: readonly List[],
  flat: Float64Array,
  starts: Int32Array,
  weights: Float64Array,
  width: number,
): Float64Array {
  const gradient = new Float64Array(width)
  const shares = new Float64Array(4096)
  for (let list = 0; list < lists.length; list++) {
    const { right, weight } = lists[list] as List
    const from = starts[list] as number
    const count = Math.min(4096, (starts[list + 1] as number) - from)
    let highest = Number.NEGATIVE_INFINITY
    for (let row = 0; row < count; row++) {
      let sum = 0
      const offset = (from + row) * width
      for (let place = 0; place < width; place++) sum += (weights[place] as number) * (flat[offset + place] as number)
      shares[row] = sum
      if (sum > highest) highest = sum
    }
    let all = 0
    let ofRight = 0
    for (let row = 0; row < count; row++) {
      const odds = Math.exp((shares[row] as number) - highest)
      shares[row] = odds
      all += odds
      if (right[row]) ofRight += odds
    }
    for (let row = 0; row < count; row++) {
      const odds = shares[row] as number
      const pull = weight * (odds / all - (right[row] ? odds / Math.max(ofRight, 1e-300) : 0))
      if (Math.abs(pull) < 1e-7) continue
      const offset = (from + row) * width
      for (let place = 0; place < width; place++)
        gradient[place] = (gradient[place] as number) + pull * (flat[offset + place] as number)
    }
  }
  return gradient
}
