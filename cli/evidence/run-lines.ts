import { type EvidenceRun, hasPassed, type SignedRun } from '../../core/evidence/run.ts'

/** What a run came to, for people; `file` is where it is kept. */
export function runLines({ run }: SignedRun, file: string | null): string[] {
  const { check, role, argv, ended, exit_code, tree, doubts, output_tail } = run
  const passed = hasPassed(run)
  const how = passed ? 'passed' : `did not pass: ${ended ?? `it ended with ${exit_code ?? 'no exit code'}`}`
  return [
    `\`${check}\` (${argv.join(' ')}), in the workspace of ${role}, ${how}.`,
    [seconds(run), ...counts(run), tree === null ? 'of no certain files' : `files ${shortTree(tree)}`].join(', '),
    ...doubts.map((doubt) => `A person has to look: ${doubt}`),
    ...(passed || output_tail === '' ? [] : ['', output_tail]),
    ...(passed && tree === null ? ['No repository is there, so it shows nothing about files.'] : []),
    ...(file === null ? [] : [`Kept in ${file}`]),
  ]
}

/** As people are shown a tree. */
export function shortTree(tree: string): string {
  return tree.slice(0, 8)
}

function seconds({ duration_ms }: EvidenceRun): string {
  return `${(duration_ms / 1_000).toFixed(1)} s`
}

function counts({ tests }: EvidenceRun): string[] {
  return tests === null
    ? ['no tests counted']
    : [`${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`]
}
