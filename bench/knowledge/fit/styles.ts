/**
 * The same question as somebody else would type it. What is learned from one style of writing shows in another, so the numbers are fitted
 * on several. No style adds words.
 */
export const styles = {
  written: (question: string) => question,
  'lower case': (question: string) => lower(question),
  'without asking': (question: string) => lower(question).replace(asking, '') || lower(question),
  'key words': (question: string) => {
    const words = lower(question).replace(asking, '').split(/\s+/)
    const telling = words.filter(
      (word) =>
        !/^(?:the|a|an|of|in|on|at|to|for|is|are|was|were|did|does|do|by|with|that|their|its|his|her)$/.test(word),
    )
    return telling.slice(0, 6).join(' ') || lower(question)
  },
} as const
export type Style = keyof typeof styles

const asking =
  /^(?:(?:in|on|at|by|for|to|of|from|with) )?(?:what|which|who|whom|whose|when|where|why|how)(?: (?:is|are|was|were|did|does|do|has|have|had|can|could|many|much))*(?: the)? /

function lower(question: string): string {
  return question.toLowerCase().replace(/\s*\?\s*$/, '')
}
