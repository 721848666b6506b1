import { oneLine } from '../../core/clean-text.ts'
import { sentenceOf } from '../../core/errors.ts'
import type { FrontMatter, ParsedDocument } from '../../core/knowledge/document.ts'
import { decodeText } from './decode-text.ts'
import { type DocumentFormat, formatNames } from './formats.ts'
import { splitFrontMatter } from './front-matter.ts'
import { Refusal } from './refusal.ts'
import { createSectionWriter, leftOut, type SectionWriter } from './section-writer.ts'

/** What a format keeps beside its text. */
interface Described {
  front: FrontMatter
  title: string | null
  warnings?: readonly string[]
}

/**
 * Takes the bytes of a file apart, at most `textLimit` characters of it. Takes as long as the bytes want it to: whoever
 * calls sees to the limits. Rejects with a `Refusal`. Loads what a format needs when the first file of it comes.
 */
export async function parseDocument(
  bytes: Uint8Array,
  format: DocumentFormat,
  textLimit: number,
): Promise<ParsedDocument> {
  const writer = createSectionWriter(textLimit)
  try {
    const described = await write(bytes, format, textLimit, writer)
    const { sections, title, warnings } = writer.finish()
    return {
      front: described.front,
      // The headings of a PDF are the numbers of its pages.
      title: (format === 'pdf' ? null : title) ?? described.title,
      sections,
      warnings: [...new Set([...(described.warnings ?? []), ...warnings])],
    }
  } catch (error) {
    throw error instanceof Refusal ? error : refusalFor(error, format)
  }
}

async function write(
  bytes: Uint8Array,
  format: DocumentFormat,
  textLimit: number,
  writer: SectionWriter,
): Promise<Described> {
  if (bytes.length === 0 && (format === 'pdf' || format === 'docx'))
    throw new Refusal('content', 'it is empty; save it again')
  if (format === 'pdf') return (await import('./pdf.ts')).writePdf(bytes, writer)
  if (format === 'docx') return (await import('./docx.ts')).writeDocx(bytes, writer)
  const decoded = decodeText(bytes, textLimit)
  const { front, text, warnings } = splitFrontMatter(decoded.text)
  const all = [...decoded.warnings, ...warnings, ...(decoded.cut ? [leftOut(textLimit)] : [])]
  if (format === 'html') {
    const page = (await import('./html.ts')).writeHtml(text, writer)
    return { front: { ...page.front, ...front }, title: page.title, warnings: all }
  }
  if (format === 'text') (await import('./plain-text.ts')).writePlainText(text, writer)
  else await (await import('./markdown.ts')).writeMarkdown(text, writer, { mdx: format === 'mdx' })
  return { front, title: null, warnings: all }
}

function refusalFor(error: unknown, format: DocumentFormat): Refusal {
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new Refusal('hostile', 'it is nested far too deep; save a flatter copy', { cause: error })
  }
  const what = oneLine(sentenceOf(error), 120).replace(/\.$/, '')
  return new Refusal(
    'broken',
    `as ${formatNames[format]} it is broken (${what}); save it again in the program that made it`,
  )
}
