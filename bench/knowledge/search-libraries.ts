import { create, insertMultiple, search } from '@orama/orama'
import MiniSearch from 'minisearch'
import { stemsOf, wordsOf } from '../../core/knowledge/words.ts'
import type { QuestionSet } from './data.ts'
import type { Asking } from './engine.ts'

/** A library that finds passages, with stems, without stop words, and with the title where that helps it. */
export interface SearchLibrary {
  name: string
  /** Ids of passages, best first, at most ten. */
  find(asking: Asking): Promise<string[]> | string[]
}

export async function searchLibraries({ passages }: Pick<QuestionSet, 'passages'>): Promise<SearchLibrary[]> {
  const texts = passages.map(({ id, title, head, text }) => ({ id, title: `${title} ${head}`, text }))
  return [miniSearch(texts), await orama(texts)]
}

type Text = { id: string; title: string; text: string }

function miniSearch(texts: Text[]): SearchLibrary {
  const index = new MiniSearch<Text>({
    fields: ['title', 'text'],
    tokenize: telling,
    processTerm: (term) => term,
  })
  index.addAll(texts)
  return {
    name: 'minisearch + stem + stop + title',
    find: (asking) =>
      index
        .search(whole(asking))
        .slice(0, 10)
        .map(({ id }) => `${id}`),
  }
}

async function orama(texts: Text[]): Promise<SearchLibrary> {
  const tokenizer = { language: 'english', normalizationCache: new Map<string, string>(), tokenize: stemsOf }
  const db = create({ schema: { title: 'string', text: 'string' } as const, components: { tokenizer } })
  await insertMultiple(db, texts)
  return {
    name: 'orama + stem + stop',
    async find(asking) {
      const { hits } = await search(db, { term: whole(asking), properties: ['text'], limit: 10 })
      return hits.map(({ id }) => id)
    },
  }
}

function whole({ text, earlier }: Asking): string {
  return [...earlier, text].join(' ')
}

/** Stems as often as they stand there, without those that say nothing when there are others. */
function telling(text: string): string[] {
  const words = wordsOf(text)
  const telling = words.filter(({ stop }) => !stop)
  return (telling.length > 0 ? telling : words).map(({ stem }) => stem)
}
