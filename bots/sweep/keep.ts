import { isBreakroomError } from '../../core/errors.ts'
import type { RevisedState } from '../../ports/revised-state.ts'

const attempts = 3

/** Writes what `change` makes of what is there; of several writers each changes what the one before left. Rejects with `unavailable`. */
export async function keep(memory: RevisedState, key: string, change: (value: unknown) => unknown): Promise<void> {
  for (let tried = 1; ; tried++) {
    const { value, revision } = await memory.read(key)
    try {
      await memory.write(key, change(value), revision)
      return
    } catch (error) {
      if (!isBreakroomError(error, 'conflict') || tried >= attempts) throw error
    }
  }
}
