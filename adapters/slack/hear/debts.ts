/** What is to be read of a channel. */
export interface Debt {
  /** When it was heard for certain; null for the end of its record at our start. */
  since: Date | null
  /** Takes the place of that end where there is no record. */
  orSince?: Date | null
  /** Only what one call a room and a few threads show: it is read in full when somebody is heard again. */
  brief?: boolean
}

/** What is owed of each channel; a channel's debts are one. */
export interface Debts {
  add(channel: string, debt: Debt): void
  take(channel: string): Debt | undefined
  has(channel: string): boolean
}

export function createDebts(): Debts {
  const debts = new Map<string, Debt>()
  return {
    add(channel, debt) {
      const before = debts.get(channel)
      debts.set(channel, before === undefined ? debt : both(before, debt))
    },
    take(channel) {
      const debt = debts.get(channel)
      debts.delete(channel)
      return debt
    },
    has: (channel) => debts.has(channel),
  }
}

function both(one: Debt, other: Debt): Debt {
  return { ...earlier(one, other), brief: one.brief === true && other.brief === true }
}

/** The end of the record at our start is before every moment since. */
function earlier(one: Debt, other: Debt): Debt {
  if (one.since === null) return one
  if (other.since === null) return other
  return one.since < other.since ? one : other
}
