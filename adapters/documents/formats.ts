import { extname } from 'node:path'

/** How a file is taken apart. */
export type DocumentFormat = 'markdown' | 'mdx' | 'html' | 'text' | 'pdf' | 'docx'

const formats = new Map<string, DocumentFormat>([
  ['.md', 'markdown'],
  ['.markdown', 'markdown'],
  ['.mdx', 'mdx'],
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.txt', 'text'],
  ['.text', 'text'],
  ['.rst', 'text'],
  ['.adoc', 'text'],
  ['.pdf', 'pdf'],
  ['.docx', 'docx'],
])

/** What people call them. */
export const formatNames: Record<DocumentFormat, string> = {
  markdown: 'Markdown',
  mdx: 'Markdown',
  html: 'HTML',
  text: 'text',
  pdf: 'PDF',
  docx: 'a Word document',
}

/** What a file is by its name, or null when nothing here reads it. */
export function formatOf(path: string): DocumentFormat | null {
  return formats.get(extname(path).toLowerCase()) ?? null
}

/** `.md, .markdown, ...`, for sentences. */
export const readableEndings = [...formats.keys()].join(', ')
