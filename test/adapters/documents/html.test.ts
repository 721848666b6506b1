import { expect, test } from 'vitest'
import { parseDocument } from '../../../adapters/documents/parse-document.ts'
import { outline, parsed } from '../../support/documents.ts'

const page = (body: string, head = '') =>
  `<!doctype html><html><head><title>Guide | Acme</title>${head}</head><body>${body}</body></html>`

test('reads what a page is about, without what stands around it', async () => {
  const body = `<header><h1>Acme</h1></header><nav><a href="/">Home</a></nav>
<main><article><header><h1>Refunds</h1></header><p>Within <b>14</b>
days.<br>No questions.</p><h2>How</h2><ol><li>ask<li>wait</ol>
<table><tr><th>Plan<th>Answer within<tr><td>Pro<td>4 hours</table>
<pre>npm  start
  now</pre><aside>Subscribe!</aside><script>alert(1)</script><style>p{}</style><template>no</template></article></main>
<footer>© Acme</footer>`
  const document = await parsed('html', page(body))
  expect(outline(document)).toEqual([
    'Refunds: Within 14 days.\nNo questions.',
    'Refunds > How: ask\nwait\nPro · Answer within: 4 hours\nnpm  start\n  now',
  ])
  expect(document.title).toBe('Refunds')
})

test('leaves out what is hidden from those who read it', async () => {
  const hidden = [
    'hidden',
    'aria-hidden="true"',
    'style="DISPLAY : none"',
    'style="visibility:hidden"',
    'role="navigation"',
  ]
  const body = hidden.map((attribute) => `<p ${attribute}>no</p>`).join('')
  expect(outline(await parsed('html', page(`${body}<noscript>no</noscript><!-- no --><p>yes</p>`)))).toEqual(['yes'])
})

test('leaves out marks that lead to a heading, to a note and back', async () => {
  const body =
    '<h1 id="c">In C# <a href="#c">#</a></h1><p>Said<sup><a href="#n1">[1]</a></sup> by <a href="#who">Ada</a>. <a href="#back">↑</a></p>'
  expect(outline(await parsed('html', page(body)))).toEqual(['In C#: Said by Ada.'])
})

test('takes date, author and topics from the usual tags, and the title of the page when there is no heading', async () => {
  const head = `<meta name="author" content="Ada"><meta property="article:published_time" content="2024-01-02">
<meta property="article:modified_time" content="2026-03-01T10:00:00Z"><meta name="keywords" content="billing, support">`
  expect(await parsed('html', page('<p>Text.</p>', head))).toMatchObject({
    title: 'Guide | Acme',
    front: { author: 'Ada', date: '2026-03-01', topics: ['billing', 'support'] },
  })
})

test('reads all of a page with several articles, or with an empty main', async () => {
  const articles = '<main></main><article><p>one</p></article><article><p>two</p></article>'
  expect(outline(await parsed('html', page(articles)))).toEqual(['one\ntwo'])
})

test('reads what is broken as a browser would', async () => {
  const document = await parsed('html', '<p>one<div><table><tr><td>two</p><<<>>&#xffffffff;<h2>three<b')
  expect(document.sections.map(({ text }) => text).join()).toContain('one')
})

test('reads a page in the characters that it declares', async () => {
  const bytes = Buffer.from(page('<p>Größe</p>', '<meta charset="iso-8859-1">'), 'latin1')
  expect(outline(await parseDocument(bytes, 'html', 10_000))).toEqual(['Größe'])
})

test('honours front matter, as generators of sites write it', async () => {
  expect(await parsed('html', `---\naccess: [board]\n---\n${page('<p>Text.</p>')}`)).toMatchObject({
    front: { access: ['board'] },
    sections: [{ heading: [], text: 'Text.' }],
  })
})
