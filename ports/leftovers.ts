/** A program of a brain that runs although whoever started it is gone. */
export interface Leftover {
  /** Names the run; what runs later under the same mark is another. */
  run: string
  /** As the program was told. */
  role: string | null
  task: string | null
  since: Date
  processes: number
}

/** Programs on this machine that outlived their owner. */
export interface Leftovers {
  /** Those of this house. Empty where that cannot be told. */
  find(): Promise<Leftover[]>
  /** Ends one with all it started; false when it could not be ended. One that has an owner again is left alone. */
  end(leftover: Leftover): Promise<boolean>
}
