/** Doorbells that a role heard while it had no place free. Each has to ring again when it has one. */
export interface OwedDoorbells {
  add(role: string, many?: number): void
  /** Takes one off; false when none is owed. No more are than tasks are `open`: whatever opens later has a doorbell of its own. */
  take(role: string, open: number): boolean
}

export function createOwedDoorbells(): OwedDoorbells {
  const owed = new Map<string, number>()
  return {
    add: (role, many = 1) => void owed.set(role, (owed.get(role) ?? 0) + many),
    take(role, open) {
      const many = Math.min(owed.get(role) ?? 0, open)
      if (many > 1) owed.set(role, many - 1)
      else owed.delete(role)
      return many > 0
    },
  }
}
