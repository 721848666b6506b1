import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { createDocumentReader } from '../../../adapters/documents/document-reader.ts'
import { startParser } from '../../../adapters/documents/parser-process.ts'
import { cloneFolder, run, temporaryFolder, until } from '../../support/process.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder.path, name)
  writeFileSync(path, content)
  return path
}

/** The processes that take files apart for a process. */
function parsersOf(parent: number): { pid: number; args: string }[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [, pid, ppid, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return Number(ppid) === parent && args.includes('parser-program.ts') ? [{ pid: Number(pid), args }] : []
  })
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Quotations in quotations, which keep a parser of Markdown busy for most of a minute. */
const endless = '>'.repeat(100_000)

describe('S49 what a hostile file costs is bounded:', () => {
  test('time; meanwhile the event loop goes on, and afterwards the next file is read', async () => {
    const reader = createDocumentReader({ timeLimitSeconds: 1 })
    let ticks = 0
    const ticking = setInterval(() => ticks++, 5)
    try {
      const hostile = reader.read(file('endless.md', endless))
      const next = reader.read(file('next.md', '# Next\n\nRead.'))
      await expect(hostile).rejects.toMatchObject({
        message: expect.stringContaining('reading it took longer than 1 s; split it'),
        detail: { reason: 'time' },
      })
      expect(ticks).toBeGreaterThan(30)
      expect(await next).toMatchObject({ title: 'Next' })
    } finally {
      clearInterval(ticking)
      await reader.close()
    }
  })

  test('memory, on the heap and beside it', async () => {
    const reader = createDocumentReader({ memoryLimitMb: 200 })
    const page = file('objects.html', '<p><b>x</b><i>y</i>'.repeat(200_000))
    const pages = file('stream.pdf', unpackingPdf(400_000_000))
    try {
      for (const path of [page, pages]) {
        await expect(reader.read(path)).rejects.toMatchObject({
          message: expect.stringContaining('takes more than 200 MB of memory'),
          detail: { reason: 'memory' },
        })
      }
      expect(await reader.read(file('small.md', '# Small'))).toMatchObject({ title: 'Small' })
    } finally {
      await reader.close()
    }
  })

  test('a file that becomes shorter while it is read', async () => {
    const parser = startParser(200)
    const handle = await open(file('short.txt', 'ten bytes.'))
    const reading = parser.parse({ format: 'text', size: 100, textLimit: 1_000 }, handle, 20)
    await expect(reading).rejects.toMatchObject({ reason: 'changed' })
    expect(parser.usable).toBe(false)
    await parser.end()
    await handle.close()
  })
})

describe('the process that takes files apart', () => {
  test('is not there before the first file and after a while without one, and comes back', async () => {
    const reader = createDocumentReader({ idleSeconds: 0.2 })
    const path = file('a.md', '# A')
    expect(parsersOf(process.pid)).toEqual([])
    await reader.read(path)
    expect(parsersOf(process.pid)).toHaveLength(1)
    await until('it is gone', () => parsersOf(process.pid).length === 0)
    expect(await reader.read(path)).toMatchObject({ title: 'A' })
    await reader.close()
    expect(parsersOf(process.pid)).toEqual([])
  })

  test('is replaced when somebody has ended it', async () => {
    const reader = createDocumentReader()
    const path = file('a.md', '# A')
    await reader.read(path)
    for (const { pid } of parsersOf(process.pid)) process.kill(pid, 'SIGKILL')
    await until('it is gone', () => parsersOf(process.pid).length === 0)
    expect(await reader.read(path)).toMatchObject({ title: 'A' })
    await reader.close()
  })

  test('is replaced when somebody ends it in the middle of a file, which says nothing about the file', async () => {
    const reader = createDocumentReader()
    const path = file('b.md', '# B')
    await reader.read(path)
    const reading = reader.read(path)
    for (const { pid } of parsersOf(process.pid)) process.kill(pid, 'SIGKILL')
    expect(await reading).toMatchObject({ title: 'B' })
    await reader.close()
  })

  test('has no environment, and rights to nothing but its own code', async () => {
    const reader = createDocumentReader()
    await reader.read(file('a.md', '# A'))
    const [parser] = parsersOf(process.pid)
    expect(parser?.args).toContain('--permission')
    expect(parser?.args).not.toMatch(/--allow-(?:fs-write|child-process|addons|wasi|net)/)
    const readable = [...(parser?.args ?? '').matchAll(/--allow-fs-read=(\S+)/g)].map(([, path]) => path)
    const code = ['package.json', 'adapters/*', 'core/*', 'ports/*', 'node_modules/*'].map((path) =>
      join(cloneFolder, path),
    )
    expect(readable).toEqual(code)
    if (process.platform === 'linux') {
      const environment = readFileSync(`/proc/${parser?.pid}/environ`, 'utf8').split('\0')
      // How Node talks to it, and nothing of ours.
      expect(environment.filter((entry) => entry !== '' && !entry.startsWith('NODE_CHANNEL_'))).toEqual([])
    }
    await reader.close()
  })

  test('ends with whoever started it, even in the middle of a file', async () => {
    await using owner = run(process.execPath, [
      join(cloneFolder, 'test/fixtures/read-document.ts'),
      file('endless.md', endless),
    ])
    const parser = await until('it has started', () => parsersOf(owner.pid)[0])
    await until('it is busy', () => cpuSecondsOf(parser.pid) >= 1)
    await owner.kill('SIGKILL')
    await until('it is gone too', () => !isRunning(parser.pid))
  })
})

function cpuSecondsOf(pid: number): number {
  const time = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' })
  return time
    .trim()
    .split(/[:-]/)
    .reduce((total, part) => total * 60 + Number(part), 0)
}

/** A PDF of a few KB whose only page unpacks to so many bytes. */
function unpackingPdf(size: number): Buffer {
  const inner = deflateSync(deflateSync(Buffer.alloc(size, 0x20), { level: 1 }))
  return Buffer.concat([
    Buffer.from(
      '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
        '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>endobj\n' +
        `4 0 obj<</Length ${inner.length}/Filter[/FlateDecode/FlateDecode]>>stream\n`,
    ),
    inner,
    Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>'),
  ])
}
