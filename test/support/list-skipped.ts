import type { Reporter, TestModule } from 'vitest/node'

/** Lists every skipped test with its reason, and fails the run when one has none: nothing is skipped silently. */
export default class ListSkipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result()
        const reason = result.state === 'skipped' ? result.note : undefined
        process.stdout.write(`skipped: ${module.relativeModuleId} > ${test.fullName}: ${reason ?? 'NO REASON GIVEN'}\n`)
        if (reason === undefined) process.exitCode = 1
      }
    }
  }
}
