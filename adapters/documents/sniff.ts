const magics: [string, string][] = [
  ['%PDF-', 'a PDF'],
  ['PK\x03\x04', 'a ZIP archive, such as a Word document'],
  ['\xd0\xcf\x11\xe0', 'a Word document of before 2007, or one with a password'],
  ['\x89PNG', 'a PNG picture'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  ['GIF8', 'a GIF picture'],
  ['RIFF', 'a picture, or sound'],
  ['\x1f\x8b', 'a gzip archive'],
  ['{\\rtf', 'a document in RTF'],
  ['\x7fELF', 'a program'],
  ['SQLite format 3\0', 'a database'],
]

/** What a file is by its first bytes, in words, or null when those say nothing. */
export function sniff(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  return magics.find(([magic]) => start.startsWith(magic))?.[1] ?? null
}
