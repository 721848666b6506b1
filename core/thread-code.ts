/** How lines of a thread look where there are no threads: its code in front. */
export function threadPrefix(code: string): string {
  return `[${code}] `
}

/**
 * The code of the thread that a line answers into, and the rest of it: `[k3f9] text` as the house writes it, or `@k3f9 text`. Null for
 * any other line; whether there is such a thread is for whoever asks.
 */
export function readThreadCode(text: string): { code: string; rest: string } | null {
  const [, bracketed, named, rest = ''] =
    text.match(/^\s{0,9}(?:\[([A-Za-z0-9]{4})\]|@([A-Za-z0-9]{4})(?=[\s:,]))[:,]?\s*(.*)$/s) ?? []
  const code = bracketed ?? named
  return code === undefined || rest === '' ? null : { code: code.toLowerCase(), rest }
}
