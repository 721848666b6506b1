import { parseMarkdown } from '../../../core/markup/markdown.ts'
import { printMrkdwn } from '../../../core/markup/mrkdwn.ts'

/** Makes mrkdwn that is safe to post: whatever was said, it rings only whom we allow and never draws anything of its own. */
export interface Print {
  /** Of canonical text. */
  text(text: string): string
  /** Of plain words: nothing in them is a style, a link or a mention. */
  words(words: string): string
}

/** `ringable` are the people whom a text may ring: lower-case name -> member id. */
export function createPrint(ringable: ReadonlyMap<string, string>): Print {
  const mention = (name: string) => ringable.get(name.toLowerCase()) ?? null
  return {
    text: (text) => printMrkdwn(parseMarkdown(text), { mention }),
    words: (words) =>
      printMrkdwn([{ kind: 'line', children: [{ kind: 'text', text: words }] }], { mention: () => null }),
  }
}
