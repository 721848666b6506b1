/** Shows on a terminal, or in a log, how far something has come. */
export interface Progress {
  /** So much of so much; a `total` of 0 is not known yet. */
  show(done: number, total: number): void
  /** Leaves the cursor where the next line begins; what comes after is another bar. */
  end(): void
}

/** `redrawn`: one line, drawn over and over; `lines`: a line at each tenth, for logs and plain terminals; `none` for programs. */
export type ProgressStyle = 'redrawn' | 'lines' | 'none'

/** How progress is shown where one writes to `stream`. */
export function progressStyle(json: boolean, stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): ProgressStyle {
  if (json) return 'none'
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb' ? 'redrawn' : 'lines'
}

/** Progress of things of one kind (`commits`), written to `stream`. */
export function createProgress(
  stream: Pick<NodeJS.WritableStream, 'write'> & { columns?: number },
  style: ProgressStyle,
  things: string,
): Progress {
  let drawn = 0
  let tenths = -1
  return {
    show(done, total) {
      if (style === 'none' || total === 0) return
      if (style === 'redrawn') redraw(barLine(done, total, things))
      else writeTenths(done, total)
    },
    end() {
      if (drawn > 0) stream.write('\n')
      drawn = 0
      tenths = -1
    },
  }

  /** Overwritten with spaces instead of erased by a sequence, which not every terminal knows. */
  function redraw(line: string): void {
    // A line that the terminal breaks could not be drawn over.
    const fitting = line.slice(0, (stream.columns ?? 80) - 1)
    stream.write(`\r${fitting.padEnd(drawn)}`)
    drawn = fitting.length
  }

  function writeTenths(done: number, total: number): void {
    const reached = Math.floor(percentOf(done, total) / 10)
    if (reached <= tenths) return
    tenths = reached
    stream.write(`${barLine(done, total, things)}\n`)
  }
}

const width = 20

/** `[##########----------]  52 %  52,000 of 100,000 commits`. Full only when all is done. */
export function barLine(done: number, total: number, things: string): string {
  const percent = percentOf(done, total)
  const filled = Math.floor((percent * width) / 100)
  const bar = '#'.repeat(filled).padEnd(width, '-')
  return `[${bar}] ${String(percent).padStart(3)} %  ${grouped(done)} of ${grouped(total)} ${things}`
}

/** `100,000`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

function percentOf(done: number, total: number): number {
  return Math.min(100, Math.floor((done / total) * 100))
}
