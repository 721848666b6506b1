import { BreakroomError } from '../../core/errors.ts'

/** One thing that is wrong in a file, at a place an editor can jump to. Line and column count from 1. */
export interface ConfigProblem {
  /** The file's name as people know it, such as `roles/cto.yaml`. */
  file: string
  line: number
  column: number
  message: string
}

/** `roles/cto.yaml:7:3: unknown key "mision"; did you mean "mission"?` */
export function problemLine(problem: ConfigProblem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`
}

/**
 * The error for what keeps a fleet from starting: its sentence has the first problem, `detail` its place and, as `problems`, all of
 * them. Needs at least one.
 */
export function configInvalid(problems: ConfigProblem[]): BreakroomError {
  const [first, ...more] = problems as [ConfigProblem, ...ConfigProblem[]]
  const message = more.length > 0 ? `${problemLine(first)} (and ${more.length} more)` : problemLine(first)
  const { file, line, column } = first
  return new BreakroomError('config_invalid', message, { detail: { file, line, column, problems } })
}
