import type { FrontMatter } from '../../core/knowledge/document.ts'
import { topicsOf, words } from './front-matter.ts'
import { isoDay } from './iso-day.ts'
import { linesOfPage, paragraphsOf, withoutRunningLines } from './pdf-lines.ts'
import { Refusal } from './refusal.ts'
import { leftOut, type SectionWriter } from './section-writer.ts'
import { sniff } from './sniff.ts'

const pageLimit = 5_000
/** Pages that cannot be read one after the other, after which the rest is not tried. */
const patience = 20

/**
 * Writes the text of a PDF down, page by page. Scripts, forms and links in it are not run or followed, and its fonts
 * are not loaded. Rejects with a `Refusal` when it wants a password or is made of pictures.
 */
export async function writePdf(
  bytes: Uint8Array,
  writer: SectionWriter,
): Promise<{ front: FrontMatter; title: string | null; warnings: string[] }> {
  if (!Buffer.from(bytes.subarray(0, 1_024)).includes('%PDF-')) {
    const kind = sniff(bytes)
    throw new Refusal('content', `it is ${kind === null ? '' : `${kind} and `}no PDF; give it the right ending`)
  }
  const { getDocumentProxy } = await import('unpdf')
  const document = await getDocumentProxy(bytes, {
    verbosity: 0,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    stopAtErrors: false,
  }).catch((error: unknown) => {
    if ((error as Error).name !== 'PasswordException') throw error
    throw new Refusal('password', 'it is protected by a password; save a copy without one')
  })
  const warnings: string[] = []
  try {
    const { info } = await document.getMetadata().catch(() => ({ info: {} }))
    const pages = await readPages(document, writer.limit, warnings)
    if (pages.every((lines) => lines.length === 0)) {
      throw new Refusal('no-text', 'it has pictures and no text; run text recognition (OCR) on it and save the result')
    }
    withoutRunningLines(pages).forEach((lines, index) => {
      writer.heading(1, `page ${index + 1}`)
      for (const paragraph of paragraphsOf(lines)) writer.line(paragraph)
    })
    return { ...described(info as Record<string, unknown>), warnings }
  } finally {
    await document.loadingTask.destroy()
  }
}

type Document = Awaited<ReturnType<typeof import('unpdf')['getDocumentProxy']>>
type Line = ReturnType<typeof linesOfPage>[number]

async function readPages(document: Document, textLimit: number, warnings: string[]): Promise<Line[][]> {
  const pages: Line[][] = []
  let unread = 0
  let length = 0
  const count = Math.min(document.numPages, pageLimit)
  if (document.numPages > pageLimit) warnings.push(`Only its first ${pageLimit} pages are known; split it.`)
  for (let number = 1; number <= count && unread < patience && length <= textLimit; number++) {
    try {
      const page = await document.getPage(number)
      const { items } = await page.getTextContent()
      const lines = linesOfPage(items)
      pages.push(lines)
      page.cleanup()
      unread = 0
      for (const { text } of lines) length += text.length
    } catch {
      pages.push([])
      unread += 1
      if (warnings.length < 10) warnings.push(`Its page ${number} cannot be read.`)
    }
  }
  if (length > textLimit) warnings.push(leftOut(textLimit))
  return pages
}

/** What the file says of itself; `Microsoft Word - plan.docx` is what a printer driver says. */
function described(info: Record<string, unknown>): { front: FrontMatter; title: string | null } {
  const date = pdfDay(info.ModDate) ?? pdfDay(info.CreationDate)
  const author = words(info.Author)
  const topics = topicsOf(info.Keywords)
  const title = words(info.Title)?.replace(/^Microsoft (?:Word|PowerPoint|Excel) - /, '')
  return {
    front: { ...(date && { date }), ...(author && { author }), ...(topics?.length && { topics }) },
    title: title === undefined || /^untitled/i.test(title) ? null : title,
  }
}

/** `D:20260301120000Z` is 2026-03-01. */
function pdfDay(written: unknown): string | undefined {
  const [, year, month, day] = /^(?:D:)?(\d{4})(\d\d)(\d\d)/.exec(String(written)) ?? []
  return isoDay(`${year}-${month}-${day}`)
}
