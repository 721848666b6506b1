import JSZip from 'jszip'
import { PDFDocument, StandardFonts } from 'pdf-lib'
import type { DocumentFormat } from '../../adapters/documents/formats.ts'
import { parseDocument } from '../../adapters/documents/parse-document.ts'
import type { ParsedDocument } from '../../core/knowledge/document.ts'

/** What is made of a text by one format, without a file or a process. */
export function parsed(format: DocumentFormat, text: string, textLimit = 1_000_000): Promise<ParsedDocument> {
  return parseDocument(Buffer.from(text), format, textLimit)
}

/** All that a document says, each section as `Guide > Refunds: text`. */
export function outline({ sections }: ParsedDocument): string[] {
  return sections.map(({ heading, text }) => (heading.length > 0 ? `${heading.join(' > ')}: ${text}` : text))
}

/** A PDF with these lines on its pages, from the top down; an empty line is a gap between paragraphs. */
export async function pdfOf(pages: string[][], prepare?: (document: PDFDocument) => void): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  const font = await document.embedFont(StandardFonts.Helvetica)
  for (const lines of pages) {
    const page = document.addPage()
    lines.forEach((line, index) => {
      page.drawText(line, { x: 40, y: 780 - index * 14, size: 11, font })
    })
  }
  prepare?.(document)
  return document.save()
}

const relationships = 'http://schemas.openxmlformats.org/package/2006/relationships'
const types = 'http://schemas.openxmlformats.org/package/2006/content-types'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const word = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'

/** A Word document whose body is this XML, with more parts by name. */
export function wordDocument(body: string, parts: Record<string, string | Uint8Array> = {}): Promise<Buffer> {
  const zip = new JSZip()
  zip.file(
    '[Content_Types].xml',
    `<?xml version="1.0"?><Types xmlns="${types}"><Default Extension="xml" ContentType="application/xml"/></Types>`,
  )
  zip.file(
    '_rels/.rels',
    `<?xml version="1.0"?><Relationships xmlns="${relationships}"><Relationship Id="r1" Type="${office}/officeDocument" Target="word/document.xml"/></Relationships>`,
  )
  const namespaces = `xmlns:w="${word}" xmlns:r="${office}"`
  zip.file('word/document.xml', `<?xml version="1.0"?><w:document ${namespaces}><w:body>${body}</w:body></w:document>`)
  for (const [name, part] of Object.entries(parts)) zip.file(name, part)
  return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE', compressionOptions: { level: 1 } })
}

/** A paragraph of such a body, in a style such as `Heading1`. */
export function wordParagraph(text: string, style?: string): string {
  const properties = style === undefined ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`
  return `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`
}
