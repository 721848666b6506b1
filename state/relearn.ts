import type { KeptKnowledge } from '../core/state/kept-knowledge.ts'
import { pageBytes } from '../core/state/request.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Services } from '../ports/bus.ts'

const answersWithinMs = 10_000

/**
 * Gives the knowledge proxy back what people decided and taught, in as many requests as it takes: what it knows already it leaves as it is. Rejects as
 * the bus does, or with what the proxy says.
 */
export async function relearn(
  { bus, subjects }: { bus: Services; subjects: OrgSubjects },
  knowledge: readonly KeptKnowledge[],
): Promise<void> {
  const subject = subjects.knowledgeService('relearn', 'state')
  for (const page of pagesOf(knowledge)) await bus.request(subject, { knowledge: page }, answersWithinMs)
}

function* pagesOf(knowledge: readonly KeptKnowledge[]): Generator<KeptKnowledge[]> {
  let page: KeptKnowledge[] = []
  let bytes = 0
  for (const one of knowledge) {
    const its = Buffer.byteLength(JSON.stringify(one)) + 1
    if (page.length > 0 && bytes + its > pageBytes) {
      yield page
      page = []
      bytes = 0
    }
    page.push(one)
    bytes += its
  }
  if (page.length > 0) yield page
}
