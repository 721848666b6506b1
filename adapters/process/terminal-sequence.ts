/** Colours, cursor movements, titles and links of terminals. Every repeat ends at the next escape, so this takes linear time. */
const terminalSequence =
  /(?:\x1b\[|\x9b)[0-?]{0,100}[ -/]{0,10}[@-~]|\x1b[\]PX^_][^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)|\x1b[ -/]{0,10}[0-~]/g

/** What a program printed without what only moves or colours a terminal. */
export function withoutTerminalSequences(text: string): string {
  return text.replace(terminalSequence, '')
}
