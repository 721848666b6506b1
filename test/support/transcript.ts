import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cloneFolder } from './process.ts'

/** What a page shows of a conversation in Slack, a line each; `thread` when it stands in the thread of what was said before it. */
export interface ShownLine {
  kind: 'said' | 'told' | 'card' | 'pressed'
  /** Who said or pressed it, or whose eyes alone it is for. */
  who: string
  thread: boolean
  text: string
}

/** The lines of each fenced block under a heading of one of our pages. */
export function fencedBlocks(page: string, heading: string): string[][] {
  const text = readFileSync(join(cloneFolder, page), 'utf8')
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  return [...own.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block.trimEnd().split('\n'))
}

/** What a block shows of each command at a terminal: the command, and what it printed. What was typed into it is left out. */
export function shownCommands(block: string[]): { command: string; printed: string[] }[] {
  const commands: { command: string; printed: string[] }[] = []
  for (const line of block) {
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), printed: [] })
    else if (!line.startsWith('>')) commands.at(-1)?.printed.push(line)
  }
  return commands.map(({ command, printed }) => ({ command, printed: comparable(printed) }))
}

/** What came, cut down to what a page shows of it: where the page says `...` everything up to its next line is left out. */
export function cutAsShown(came: string, shown: string[]): string[] {
  const left = comparable(came.split('\n'))
  return shown.flatMap((line, index) => {
    if (line !== '...') return left.splice(0, 1)
    const next = shown[index + 1]
    const until = next === undefined ? left.length : left.indexOf(next)
    left.splice(0, until === -1 ? left.length : until)
    return ['...']
  })
}

/** `<Ada>  text`, `(to Ada)  text`, `[card]  text`, `<Ada>  presses Approve`; what stands in a thread is indented. */
export function shownLine(line: string): ShownLine {
  const read = /^(?<indent> *)(?:<(?<who>\w+)>|\(to (?<reader>\w+)\)|\[(?<card>card)\]) +(?<text>.*)$/.exec(
    line,
  )?.groups
  if (read === undefined) throw new Error(`This is no line of a conversation: ${line}`)
  const { indent, who, reader, text = '' } = read
  const thread = indent !== ''
  const button = /^presses (\w+)$/.exec(text)?.[1]
  if (reader !== undefined) return { kind: 'told', who: reader, thread, text }
  if (who === undefined) return { kind: 'card', who: 'breakroom', thread, text }
  return button === undefined ? { kind: 'said', who, thread, text } : { kind: 'pressed', who, thread, text: button }
}

/** A text without what is another one in every run: ids of Slack, ports. */
export function withoutIds(text: string): string {
  return text.replace(/\b([ACTU])0[0-9A-Z]{7,}\b/g, '$10…').replace(/(port |127\.0\.0\.1:)\d+/g, '$1…')
}

function comparable(lines: string[]): string[] {
  return lines.map((line) => withoutIds(line.trimEnd())).filter((line) => line !== '')
}
