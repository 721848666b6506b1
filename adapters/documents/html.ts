import type { RootContent } from 'mdast'
import rehypeParse from 'rehype-parse'
import rehypeRemark from 'rehype-remark'
import { unified } from 'unified'
import type { FrontMatter } from '../../core/knowledge/document.ts'
import { writeBlocks } from './blocks.ts'
import { topicsOf, words } from './front-matter.ts'
import { isoDay } from './iso-day.ts'
import type { SectionWriter } from './section-writer.ts'

const pageParser = unified().use(rehypeParse).freeze()
const fragmentParser = unified().use(rehypeParse, { fragment: true }).freeze()
const toMarkdown = unified().use(rehypeRemark).freeze()

type Tree = ReturnType<typeof pageParser.parse>
type Node = Tree['children'][number]
type Element = Extract<Node, { type: 'element' }>

/** Writes down what a page is about, without what stands around it on every page. Nothing is fetched or run. */
export function writeHtml(text: string, writer: SectionWriter): { front: FrontMatter; title: string | null } {
  const page = pageParser.parse(text)
  const front = metaOf(page)
  const first = (tagName: string) => [...elements(page)].find((element) => element.tagName === tagName)
  const [titleTag, heading] = [first('title'), first('h1')]
  const main = mainOf(page)
  writeBlocks(blocksOf(main), writer, noBlocks)
  return { front, title: (heading && plainText(heading)) ?? (titleTag && plainText(titleTag)) ?? null }
}

/** The blocks of a piece of HTML, without what is hidden in it. */
export function blocksOfHtml(html: string): readonly RootContent[] {
  return blocksOf(fragmentParser.parse(html))
}

const noBlocks = () => []

function blocksOf(tree: Tree): readonly RootContent[] {
  prune(tree)
  return toMarkdown.runSync(tree).children
}

/** `<main>`, or the only `<article>`, when there is text in it; else everything. */
function mainOf(page: Tree): Tree {
  const all = [...elements(page)]
  const main = all.find(({ tagName, properties }) => tagName === 'main' || properties.role === 'main')
  const articles = all.filter(({ tagName }) => tagName === 'article')
  const found = main ?? (articles.length === 1 ? articles[0] : undefined)
  return found !== undefined && plainText(found) !== undefined ? { type: 'root', children: [found] } : page
}

const around = new Set(
  'nav footer aside script style template noscript iframe object embed svg canvas dialog button select input textarea datalist'.split(
    ' ',
  ),
)
/** Links to the heading that they stand in, to a note and back, which are no words of the text. */
const mark = /^(?:[#¶§↑↩🔗]\ufe0e?|\[\d{1,3}\]|)$/u
const aroundRoles = new Set(['navigation', 'banner', 'contentinfo', 'search', 'complementary', 'dialog', 'menu'])

/**
 * Takes out what is no text of the page. By a list and not by recursion, because tags may be nested as deep as their
 * author likes.
 */
function prune(tree: Tree): void {
  const open: { node: Tree | Element; inArticle: boolean }[] = [{ node: tree, inArticle: false }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node } = next
    const inArticle = next.inArticle || ('tagName' in node && (node.tagName === 'main' || node.tagName === 'article'))
    node.children = (node.children as Node[]).filter((child) => isKept(child, inArticle)) as typeof node.children
    for (const child of node.children) if (child.type === 'element') open.push({ node: child, inArticle })
  }
}

function isKept(node: Node, inArticle: boolean): boolean {
  if (node.type !== 'element') return node.type === 'text'
  const { tagName, properties } = node
  if (tagName === 'a' && /^#/.test(String(properties.href)) && mark.test(plainText(node) ?? '')) return false
  // The header of an article has its title; that of a page what is on every page.
  if (around.has(tagName) || (tagName === 'header' && !inArticle)) return false
  if (properties.hidden !== undefined && properties.hidden !== false && properties.hidden !== null) return false
  if (String(properties.ariaHidden) === 'true' || aroundRoles.has(String(properties.role))) return false
  return !/display\s*:\s*none|visibility\s*:\s*hidden/i.test(String(properties.style ?? ''))
}

const dateMetas = [
  'article:modified_time',
  'og:updated_time',
  'last-modified',
  'dcterms.modified',
  'article:published_time',
  'date',
  'dc.date',
  'dcterms.created',
]

/** What the usual meta tags say. */
function metaOf(page: Tree): FrontMatter {
  const metas = new Map<string, string>()
  for (const { tagName, properties } of elements(page)) {
    const name = properties.name ?? properties.property ?? properties.httpEquiv
    if (tagName === 'meta' && name !== undefined)
      metas.set(String(name).toLowerCase(), String(properties.content ?? ''))
  }
  const date = dateMetas.map((name) => isoDay(metas.get(name))).find((day) => day !== undefined)
  const author = words(metas.get('author') ?? metas.get('dc.creator'))
  const topics = topicsOf(metas.get('keywords'))
  return { ...(date && { date }), ...(author && { author }), ...(topics && { topics }) }
}

function* elements(tree: Tree | Element): Generator<Element> {
  const open: Node[] = tree.children.toReversed()
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type !== 'element') continue
    yield node
    for (const child of node.children.toReversed()) open.push(child)
  }
}

/** The text of an element as one line, or undefined when there is none. */
function plainText(element: Element): string | undefined {
  let text = ''
  for (const { children } of [element, ...elements(element)]) {
    for (const child of children) if (child.type === 'text') text += child.value
    if (text.trim().length > 1_000) break
  }
  return words(text)
}
