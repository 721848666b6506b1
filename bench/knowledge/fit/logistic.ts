/** One case: what was seen, whether it was right, and how much it counts. */
export interface Case {
  values: readonly number[] | Float64Array
  right: boolean
  weight: number
}

export interface LogisticOptions {
  /** Strength of the ridge, on values scaled to a spread of one. */
  ridge: number
  steps: number
  /** +1: more can only mean surer; -1: only less sure; 0: either; null: left out. */
  directions: readonly (1 | 0 | -1 | null)[]
}

export interface Logistic {
  intercept: number
  weights: Float64Array
}

/** Logistic regression with a ridge and directions. Deterministic: full gradient, Adam's steps. */
export function fitLogistic(cases: readonly Case[], { ridge, steps, directions }: LogisticOptions): Logistic {
  const width = directions.length
  const { flat, spread, middle } = scaled(cases, width)
  const mass = cases.reduce((sum, { weight }) => sum + weight, 0)
  // The intercept is the last, and has no ridge.
  const weights = new Float64Array(width + 1)
  const mean = new Float64Array(width + 1)
  const square = new Float64Array(width + 1)
  for (let step = 1; step <= steps; step++) {
    const gradient = new Float64Array(width + 1)
    for (let at = 0; at < cases.length; at++) {
      const { right, weight } = cases[at] as Case
      let sum = weights[width] as number
      for (let place = 0; place < width; place++)
        sum += (weights[place] as number) * (flat[at * width + place] as number)
      const error = weight * (1 / (1 + Math.exp(-sum)) - (right ? 1 : 0))
      for (let place = 0; place < width; place++)
        gradient[place] = (gradient[place] as number) + error * (flat[at * width + place] as number)
      gradient[width] = (gradient[width] as number) + error
    }
    const rate = step < steps * 0.7 ? 0.05 : 0.01
    for (let place = 0; place <= width; place++) {
      const direction = place === width ? 0 : (directions[place] as 1 | 0 | -1 | null)
      if (direction === null) continue
      const slope = (gradient[place] as number) / mass + (place === width ? 0 : ridge * (weights[place] as number))
      mean[place] = 0.9 * (mean[place] as number) + 0.1 * slope
      square[place] = 0.999 * (square[place] as number) + 0.001 * slope * slope
      const move =
        (mean[place] as number) /
        (1 - 0.9 ** step) /
        (Math.sqrt((square[place] as number) / (1 - 0.999 ** step)) + 1e-8)
      const next = (weights[place] as number) - rate * move
      weights[place] = direction === 0 || next * direction > 0 ? next : 0
    }
  }
  const plain = Float64Array.from(spread, (one, place) => (weights[place] as number) / one)
  const shift = plain.reduce((sum, weight, place) => sum + weight * (middle[place] as number), 0)
  return { intercept: (weights[width] as number) - shift, weights: plain }
}

function scaled(
  cases: readonly Case[],
  width: number,
): { flat: Float64Array; spread: Float64Array; middle: Float64Array } {
  const flat = new Float64Array(cases.length * width)
  for (const [at, { values }] of cases.entries()) flat.set(values, at * width)
  const spread = new Float64Array(width)
  const middle = new Float64Array(width)
  for (let place = 0; place < width; place++) {
    let sum = 0
    let squares = 0
    for (let at = place; at < flat.length; at += width) {
      sum += flat[at] as number
      squares += (flat[at] as number) ** 2
    }
    const mean = sum / Math.max(1, cases.length)
    middle[place] = mean
    spread[place] = Math.sqrt(Math.max(0, squares / Math.max(1, cases.length) - mean * mean)) || 1
    for (let at = place; at < flat.length; at += width)
      flat[at] = ((flat[at] as number) - mean) / (spread[place] as number)
  }
  return { flat, spread, middle }
}
