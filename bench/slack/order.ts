/** How many come right after one that they should be before. */
export function inversions<T extends string | number>(places: readonly T[]): number {
  return places.filter((place, index) => index > 0 && place < (places[index - 1] as T)).length
}
