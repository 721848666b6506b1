/** A few small values on the local disk that must outlive the process. Losing them costs work or a notice, never a line. */
export interface Marks {
  /** All of them, as they were written last; empty when there are none or they cannot be read. */
  read(): Promise<Record<string, unknown>>
  /** Replaces all of them at once. */
  write(all: Record<string, unknown>): Promise<void>
}
