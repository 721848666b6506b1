/** Time passing as a parameter: resolves after so many milliseconds, or as soon as `signal` aborts. Never rejects. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>
