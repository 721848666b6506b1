/** How many tests there were, as the program that ran them says. */
export interface TestCounts {
  passed: number
  failed: number
  /** What was there and did not run, or whose outcome did not matter. */
  skipped: number
}

/** What the summary at the end of a test run says; null when there is none that we can read. */
export function testCounts(_output: string): TestCounts | null {
  return null
}
