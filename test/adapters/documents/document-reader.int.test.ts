import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createDocumentReader } from '../../../adapters/documents/document-reader.ts'
import type { DocumentReader } from '../../../ports/document-reader.ts'
import { documentReaderContract } from '../../contract/document-reader.ts'
import { outline, pdfOf, wordDocument, wordParagraph } from '../../support/documents.ts'
import { cloneFolder, temporaryFolder } from '../../support/process.ts'

const damagedPdf = { ending: '.pdf', bytes: Buffer.from(`%PDF-1.7\n${'\x01\xff garbage '.repeat(200)}`, 'latin1') }
documentReaderContract('in a process of its own', () => createDocumentReader(), damagedPdf)

const folder = temporaryFolder()
const reader = createDocumentReader()
afterAll(async () => {
  await reader.close()
  folder[Symbol.dispose]()
})

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder.path, name)
  writeFileSync(path, content)
  return path
}

/** Why a file is refused: the reason, and the sentence without its name. */
async function refusal(path: string, by: DocumentReader = reader): Promise<{ reason: string; why: string }> {
  const error = await by.read(path).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: 'unreadable', detail: { file: path } })
  return (error as { detail: { reason: string; why: string } }).detail
}

describe('of files as people have them', () => {
  it("reads this project's own pages", async () => {
    const readme = await reader.read(join(cloneFolder, 'README.md'))
    expect(readme.title).toBe('Breakroom')
    expect(readme.sections.length).toBeGreaterThan(5)
    expect(readme.warnings).toEqual([])
  })

  it('reads a PDF page by page, with its author and its date', async () => {
    const lines = (page: number) => [
      'Acme handbook',
      '',
      `We ship on day ${'abcde'[page]} and an-`,
      'swer within a day.',
      '',
      `Page ${page + 1}`,
    ]
    const bytes = await pdfOf([0, 1, 2, 3].map(lines), (document) => {
      document.setTitle('Microsoft Word - handbook.docx')
      document.setAuthor('Ada')
      document.setModificationDate(new Date('2026-03-01T12:00:00Z'))
    })
    const document = await reader.read(file('handbook.pdf', bytes))
    expect(document).toMatchObject({
      title: 'handbook.docx',
      front: { author: 'Ada', date: '2026-03-01' },
      warnings: [],
    })
    expect(outline(document)).toEqual(
      [...'abcd'].map((day, page) => `page ${page + 1}: We ship on day ${day} and answer within a day.`),
    )
  })

  it('reads a Word document, with its author and its date', async () => {
    const row = (...cells: string[]) =>
      `<w:tr>${cells.map((cell) => `<w:tc>${wordParagraph(cell)}</w:tc>`).join('')}</w:tr>`
    const body =
      wordParagraph('Handbook', 'Heading1') +
      wordParagraph('Refunds &amp; credits', 'Heading2') +
      wordParagraph('Within 14 days.') +
      `<w:p><w:del><w:r><w:delText>Never. </w:delText></w:r></w:del><w:ins><w:r><w:t>Größe 日本.</w:t></w:r></w:ins></w:p>` +
      `<w:tbl>${row('Plan', 'Answer within')}${row('Pro', '4 hours')}</w:tbl>`
    const core =
      '<cp:coreProperties xmlns:cp="a" xmlns:dc="b" xmlns:dcterms="c"><dc:title>Template</dc:title><dc:creator>Ada &amp; Bob</dc:creator>' +
      '<dcterms:modified>2026-03-01T10:00:00Z</dcterms:modified></cp:coreProperties>'
    const document = await reader.read(file('handbook.docx', await wordDocument(body, { 'docProps/core.xml': core })))
    expect(document).toMatchObject({
      title: 'Handbook',
      front: { author: 'Ada & Bob', date: '2026-03-01' },
      warnings: [],
    })
    expect(outline(document)).toEqual([
      'Handbook > Refunds & credits: Within 14 days.\nGröße 日本.\nPlan · Answer within\nPro · 4 hours',
    ])
  })
})

describe('S49 refuses with a sentence, and stays up for the next file:', () => {
  const body = wordParagraph('x')

  it.each([
    ['a zip bomb in a Word document', () => wordDocument(body + ' '.repeat(70_000_000)), 'hostile', 'zip bomb'],
    [
      'one that lies about its size',
      async () => lying(await wordDocument(wordParagraph('y'.repeat(1_000_000)))),
      'hostile',
      'zip bomb',
    ],
    [
      'a part that leads out of the archive',
      () => wordDocument(body, { '../evil.xml': 'x' }),
      'broken',
      'invalid relative path',
    ],
    [
      'entities in entities',
      () => wordDocument(body, { 'word/styles.xml': entityBomb }),
      'hostile',
      'declares entities',
    ],
    [
      'tags in tags',
      () => wordDocument(`${'<w:sdt>'.repeat(20_000)}${'</w:sdt>'.repeat(20_000)}`),
      'hostile',
      'nested far too deep',
    ],
    ['half of a Word document', async () => (await wordDocument(body)).subarray(0, 300), 'broken', 'save it again'],
    ['a picture named as one', () => Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'content', 'it is a PNG picture'],
    [
      'an old one, or one with a password',
      () => Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'),
      'content',
      'without a password',
    ],
    ['an empty one', () => Buffer.alloc(0), 'content', 'it is empty'],
  ])('%s', async (_, make, reason, why) => {
    const refused = await refusal(file('hostile.docx', await make()))
    expect(refused).toEqual({ file: join(folder.path, 'hostile.docx'), reason, why: expect.stringContaining(why) })
  })

  it.each([
    ['half of a PDF', async () => (await pdfOf([['x']])).subarray(0, 300), 'broken', 'save it again'],
    ['a PDF of pictures', () => pdfOf([[]]), 'no-text', 'text recognition'],
    ['a PDF with a password', () => Buffer.from(lockedPdf), 'password', 'protected by a password'],
    ['text named PDF', () => Buffer.from('hello'), 'content', 'no PDF'],
  ])('%s', async (_, make, reason, why) => {
    expect(await refusal(file('hostile.pdf', await make()))).toMatchObject({
      reason,
      why: expect.stringContaining(why),
    })
  })

  it.each([
    ['a PDF named Markdown', 'a.md', () => pdfOf([['x']]), 'it is a PDF'],
    ['NUL bytes', 'a.txt', () => Buffer.from('a\0b'), 'looks like binary data'],
    [
      'noise',
      'a.html',
      () => Buffer.from(Array.from({ length: 4_000 }, (_, at) => (at * 7_919) % 31)),
      'looks like binary data',
    ],
  ])('%s', async (_, name, make, why) => {
    expect(await refusal(file(name, await make()))).toMatchObject({
      reason: 'content',
      why: expect.stringContaining(why),
    })
  })

  it('a page of 100,000 tags in each other', async () => {
    expect(await refusal(file('deep.html', '<div>'.repeat(100_000)))).toMatchObject({ reason: 'hostile' })
  })

  it('1 GB, without opening it', async () => {
    const path = file('huge.pdf', '')
    truncateSync(path, 1_000_000_000)
    expect(await refusal(path)).toMatchObject({
      reason: 'too-large',
      why: 'it has 1000 MB, and at most 50 MB are read; split it into smaller files',
    })
  })

  it('what is no file: a folder, a link, a pipe, a device', async () => {
    mkdirSync(join(folder.path, 'folder.md'))
    symlinkSync('/etc/hostname', join(folder.path, 'link.md'))
    execFileSync('mkfifo', [join(folder.path, 'pipe.md')])
    for (const name of ['folder.md', 'link.md', 'pipe.md']) {
      expect(await refusal(join(folder.path, name))).toMatchObject({ reason: 'no-file' })
    }
  })
})

describe('S49 reads what is harmless in what looks dangerous:', () => {
  it('a Word document with a huge picture, which is not unpacked', async () => {
    const bytes = await wordDocument(wordParagraph('Still read.'), { 'word/media/a.png': new Uint8Array(70_000_000) })
    expect(outline(await reader.read(file('picture.docx', bytes)))).toEqual(['Still read.'])
  })

  it('one line of 50 MB, of which the beginning is kept', async () => {
    const { sections, warnings } = await reader.read(file('line.txt', 'word '.repeat(10_000_000)))
    expect(sections.length).toBeGreaterThan(500)
    expect(warnings).toEqual(['Only its first 5,000,000 characters are known; split it into smaller files.'])
  })

  it('scripts, links and pictures from elsewhere, none of which is run or fetched', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const written = join(folder.path, 'written')
    try {
      const script = `this.submitForm("${url}/pdf"); require("fs").writeFileSync(${JSON.stringify(written)}, "x")`
      const pdf = await pdfOf([['Plain text.']], (document) => document.addJavaScript('main', script))
      const picture = `<w:p><w:r><w:drawing><wp:inline xmlns:wp="w"><a:graphic xmlns:a="a"><a:blip r:link="r9"/></a:graphic></wp:inline></w:drawing></w:r></w:p>`
      const target = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="${url}/docx" TargetMode="External"/></Relationships>`
      const word = await wordDocument(wordParagraph('Plain text.') + picture, {
        'word/_rels/document.xml.rels': target,
      })
      const html = `<p>Plain text.</p><img src="${url}/img"><script src="${url}/script"></script><iframe src="${url}/frame"></iframe>`
      const files = [file('js.pdf', pdf), file('linked.docx', word), file('linked.html', html)]
      for (const path of files) expect(outline(await reader.read(path)).join()).toMatch(/Plain text\.$/)
      expect(asked).toEqual([])
      expect(existsSync(written)).toBe(false)
    } finally {
      server.close()
    }
  })
})

/** A Word document of which the directory says that its parts are small. */
function lying(bytes: Buffer): Buffer {
  for (let at = bytes.indexOf('PK\x01\x02', 'latin1'); at !== -1; at = bytes.indexOf('PK\x01\x02', at + 1, 'latin1')) {
    bytes.writeUInt32LE(100, at + 24)
  }
  return bytes
}

const entityBomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${'bcdefghij'
  .split('')
  .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index]};`.repeat(10)}">`)
  .join('')}]><x>&j;</x>`

/** Says that it is encrypted, with a key that no password of no letters gives. */
const lockedPdf = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<${'ab'.repeat(32)}>/U<${'cd'.repeat(32)}>>>endobj
trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>
`
