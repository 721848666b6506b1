import { type IrcLine, tagOf } from './line.ts'

/** A batch that is open now. */
export interface OpenBatch {
  type: string
  params: string[]
  /** The label of our request that it answers, or its parent's. */
  label: string | null
  parent: OpenBatch | null
}

/** Follows BATCH lines, nested ones too: the library keeps the lines of a batch inside a batch to itself. */
export interface Batches {
  /** Takes a BATCH line. Gives the batch that it opened or closed, or null when the line makes no sense. */
  follow(line: IrcLine): { batch: OpenBatch; opened: boolean } | null
  /** The batch a line belongs to, or null. */
  of(line: IrcLine): OpenBatch | null
}

/** For one connection: no batch is open at first. */
export function createBatches(): Batches {
  const open = new Map<string, OpenBatch>()
  const of = (line: IrcLine) => {
    const name = line.tags === '' ? null : tagOf(line, 'batch')
    return name === null ? null : (open.get(name) ?? null)
  }
  return {
    of,
    follow(line) {
      const [reference = '', type = '', ...params] = line.params
      const name = reference.slice(1)
      if (reference.startsWith('+') && name !== '') {
        const parent = of(line)
        const batch = { type: type.toLowerCase(), params, label: tagOf(line, 'label') ?? parent?.label ?? null, parent }
        open.set(name, batch)
        return { batch, opened: true }
      }
      const batch = open.get(name)
      if (!reference.startsWith('-') || batch === undefined) return null
      open.delete(name)
      return { batch, opened: false }
    },
  }
}

/** The chathistory batch around a batch, or null. */
export function historyOf(batch: OpenBatch | null): OpenBatch | null {
  for (let at = batch; at !== null; at = at.parent) if (at.type === 'chathistory') return at
  return null
}
