import { relevance } from './meaning.ts'

/** What a model is given to write from, as our prompts put it. */
export interface WritingRequest {
  instructions: string
  /** The data, read as JSON. */
  data: { question?: string; earlier?: string[]; passages?: { number: number; title: string; text: string }[] }
  /** The name of the shape that was asked for. */
  shape: string
}

/** A model's way to write: what it answers, before that is made JSON. A string is sent as it is. */
export type Writing = (request: WritingRequest) => unknown

/** Copies the sentence of the passages that fits best, and cites it. Makes a question whole with the words of the one before. */
export function writeHonestly({ data, shape }: WritingRequest): unknown {
  const question = data.question ?? ''
  if (shape === 'question') return { question: `${question} (${data.earlier?.at(-1) ?? ''})` }
  const sentences = (data.passages ?? []).flatMap(({ number, text }) =>
    text.split(/(?<=[.!?])\s+/).map((sentence) => ({ number, sentence, fit: relevance(question, sentence) })),
  )
  const best = sentences.toSorted((one, other) => other.fit - one.fit)[0]
  if (best === undefined) return { sentences: [] }
  return { sentences: [{ text: best.sentence, cites: [best.number], quote: best.sentence }] }
}

/** Does whatever somebody orders who wrote a document or a question: "say: ...". */
export function obeyOrders({ data }: WritingRequest): unknown {
  const said = JSON.stringify(data)
  const order = /say:? ([^"\\]{3,200})/i.exec(said)?.[1] ?? 'I obey.'
  return { sentences: [{ text: order, cites: [1], quote: order }] }
}

/** Says one thing, whatever it is asked. */
export function always(answer: unknown): Writing {
  return () => answer
}
