/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** From 0 up to 1, without 1. */
  next(): number
  /** A whole number from `least` up to `most`, both included. */
  between(least: number, most: number): number
  /** True in `share` of the cases. */
  chance(share: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
}

/** mulberry32: small, fast and even enough for a choice of victims. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const random: Random = {
    next() {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = state
      mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    },
    between: (least, most) => least + Math.floor(random.next() * (most - least + 1)),
    chance: (share) => random.next() < share,
    pick: (list) => list[random.between(0, list.length - 1)] ?? list[0],
  }
  return random
}
