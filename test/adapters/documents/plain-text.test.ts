import { expect, test } from 'vitest'
import { parseDocument } from '../../../adapters/documents/parse-document.ts'
import { outline, parsed } from '../../support/documents.ts'

test('reads paragraphs, lists, and headings that are underlined', async () => {
  const text = `Release guide
=============

We release on Tuesdays, after the checks have passed
and somebody has said so in the room.

Steps
-----
- tag it
- push it

Name: release
Owner: devops

Abroad
======
The same.
`
  expect(outline(await parsed('text', text))).toEqual([
    'Release guide: We release on Tuesdays, after the checks have passed and somebody has said so in the room.',
    'Release guide > Steps: - tag it\n- push it\nName: release\nOwner: devops',
    'Abroad: The same.',
  ])
})

test('reads the headings of AsciiDoc', async () => {
  expect(outline(await parsed('text', '= Guide\n\nText.\n\n== Part\n\nMore.\n'))).toEqual([
    'Guide: Text.',
    'Guide > Part: More.',
  ])
})

test.each([
  ['UTF-8 with a mark', Buffer.from('\ufeffGröße 日本', 'utf8')],
  ['UTF-16', Buffer.from('\ufeffGröße 日本', 'utf16le')],
  ['UTF-16, the other way round', Buffer.from('\ufeffGröße 日本', 'utf16le').swap16()],
])('reads %s', async (_, bytes) => {
  const document = await parseDocument(bytes, 'text', 1_000)
  expect(outline(document)).toEqual(['Größe 日本'])
  expect(document.warnings).toEqual([])
})

test('reads what is not UTF-8 as Windows wrote it, and says so', async () => {
  const document = await parseDocument(Buffer.from('Größe: “7”'.replace(/[“”]/g, '"'), 'latin1'), 'text', 1_000)
  expect(outline(document)).toEqual(['Größe: "7"'])
  expect(document.warnings).toEqual(['It is not in UTF-8 and was read as Windows-1252; save it in UTF-8.'])
})

test('has nothing to say of an empty file', async () => {
  expect(await parsed('text', ' \n\n')).toMatchObject({ sections: [], warnings: ['There is no text in it.'] })
})

test('does not break a character at the end of what is kept', async () => {
  const document = await parsed('text', '日'.repeat(5_000), 1_000)
  expect(outline(document)).toEqual(['日'.repeat(1_000)])
})
