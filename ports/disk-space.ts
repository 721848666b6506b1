/** How much room there is where the house keeps what it keeps. */
export interface DiskSpace {
  /** Bytes that are free, and that there are. Rejects when the folder cannot be looked at. */
  look(): Promise<{ free: number; total: number }>
}
