import type { FrontMatter } from '../../core/knowledge/document.ts'
import { writeBlocks } from './blocks.ts'
import { topicsOf, words } from './front-matter.ts'
import { isoDay } from './iso-day.ts'
import { Refusal } from './refusal.ts'
import type { SectionWriter } from './section-writer.ts'
import { sniff } from './sniff.ts'
import { zipParts } from './zip-parts.ts'

/**
 * Writes a Word document down. Its pictures are neither unpacked nor fetched, and nothing that it links to is. Rejects
 * with a `Refusal` when it is not one, or is made to cost whoever reads it.
 */
export async function writeDocx(
  bytes: Uint8Array,
  writer: SectionWriter,
): Promise<{ front: FrontMatter; title: string | null }> {
  const kind = sniff(bytes)
  if (!kind?.includes('ZIP')) {
    const mend = kind?.includes('Word') ? 'save it as .docx, without a password' : 'give it the right ending'
    throw new Refusal('content', `it is ${kind === null ? '' : `${kind} and `}no Word document (.docx); ${mend}`)
  }
  const parts = await zipParts(bytes)
  for (const [name, part] of parts) {
    // Word writes none. This is where entities in entities would be.
    if (part.includes('<!DOCTYPE') || part.includes('<!ENTITY')) {
      throw new Refusal(
        'hostile',
        `its part ${name.slice(0, 60)} declares entities, which no Word document does; save it again`,
      )
    }
  }
  const [{ default: mammoth }, { blocksOfHtml }] = await Promise.all([import('mammoth'), import('./html.ts')])
  const { value: html } = await mammoth.convertToHtml(asFile(parts), {
    includeEmbeddedStyleMap: false,
    externalFileAccess: false,
    styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"],
    convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
  })
  writeBlocks(blocksOfHtml(html), writer, () => [])
  return described(parts.get('docProps/core.xml')?.toString('utf8') ?? '')
}

/**
 * What mammoth takes in the place of an archive, so that it sees the parts that were checked and nothing else. It does
 * not say so in its types; the tests of this folder would notice if that changed.
 */
function asFile(parts: ReadonlyMap<string, Buffer>): { buffer: Buffer } {
  const file = {
    exists: (name: string) => parts.has(name),
    read: async (name: string, encoding?: string) => {
      const part = parts.get(name) ?? Buffer.alloc(0)
      if (encoding === undefined) return part
      return encoding === 'base64' ? part.toString('base64') : new TextDecoder(encoding).decode(part)
    },
  }
  return { file } as never
}

/** What Word keeps about a document. */
function described(core: string): { front: FrontMatter; title: string | null } {
  const field = (name: string) => {
    const [, text] = new RegExp(`<${name}\\b[^>]{0,200}>([^<]{0,1000})</${name}>`).exec(core) ?? []
    return words(text && unescaped(text))
  }
  const date = isoDay(field('dcterms:modified')) ?? isoDay(field('dcterms:created'))
  const author = field('dc:creator')
  const topics = topicsOf(field('cp:keywords'))
  const front = { ...(date && { date }), ...(author && { author }), ...(topics && { topics }) }
  return { front, title: field('dc:title') ?? null }
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => entities[name] ?? '')
}
