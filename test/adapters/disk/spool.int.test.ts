import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDiskSpool } from '../../../adapters/disk/spool.ts'
import type { Log } from '../../../ports/log.ts'
import type { Spool } from '../../../ports/spool.ts'
import { items, spoolContract } from '../../contract/spool.ts'
import { cloneFolder, run, temporaryFolder, until } from '../../support/process.ts'
import { quietLog } from '../../support/quiet.ts'

let folder: string
let remove: () => void
const opened: Spool[] = []
beforeEach(() => {
  const temporary = temporaryFolder()
  folder = join(temporary.path, 'spool')
  remove = () => temporary[Symbol.dispose]()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((spool) => spool.close()))
  remove()
})

async function open(log: Log = quietLog): Promise<Spool> {
  const spool = await createDiskSpool(folder, log)
  opened.push(spool)
  return spool
}

/** The newest file that holds records. */
function lastSegment(): string {
  const names = readdirSync(folder).filter((name) => name.endsWith('.log'))
  return join(folder, names.toSorted().at(-1) ?? '')
}

spoolContract('disk', async () => ({ spool: await open(), open: () => open() }))

describe('spool on disk', () => {
  it.each([1, 7, 100])('cuts a line of which the last %i bytes were not written', async (missing) => {
    const spool = await open()
    await spool.append(items(0, 3))
    await spool.close()
    truncateSync(lastSegment(), statSync(lastSegment()).size - missing)

    const again = await open()
    expect(await again.peek(10)).toEqual(items(0, 2))
    await again.append(items(9, 10))
    await again.close()
    expect(await (await open()).peek(10)).toEqual([...items(0, 2), ...items(9, 10)])
  })

  it('takes garbage at the end for a line that was not finished', async () => {
    const spool = await open()
    await spool.append(items(0, 2))
    await spool.close()
    appendFileSync(lastSegment(), Buffer.from([0, 0, 0, 10, 0xff, 10, 0x61]))

    expect(await (await open()).peek(10)).toEqual(items(0, 2))
  })

  it('loses only the line whose bytes changed on the disk, and says so', async () => {
    const spool = await open()
    await spool.append(items(0, 3))
    await spool.close()
    const bytes = readFileSync(lastSegment())
    bytes[bytes.indexOf('item-1')] = 0x58
    writeFileSync(lastSegment(), bytes)
    const errors: unknown[] = []

    const again = await open({ ...quietLog, error: (fields) => errors.push(fields.damaged) })

    expect(await again.peek(10)).toEqual([...items(0, 1), ...items(2, 3)])
    expect(errors).toEqual([1])
  })

  it('repeats what it can and loses nothing when its note of what was dropped is torn', async () => {
    const spool = await open()
    await spool.append(items(0, 3))
    await spool.drop(1)
    await spool.close()
    writeFileSync(join(folder, 'dropped.json'), '{"segm')

    expect(await (await open()).peek(10)).toEqual(items(0, 3))
  })

  it('deletes the files of what was dropped', async () => {
    const spool = await open()
    const large = items(0, 40).map((item) => ({
      ...item,
      envelope: { ...item.envelope, data: { text: 'x'.repeat(300_000) } },
    }))
    for (const item of large) await spool.append([item])
    const before = readdirSync(folder).filter((name) => name.endsWith('.log')).length
    expect(before).toBeGreaterThan(2)

    await spool.drop(39)
    expect(readdirSync(folder).filter((name) => name.endsWith('.log'))).toHaveLength(1)
    expect(await spool.peek(10)).toEqual(large.slice(39))
    await spool.drop(1)
    await spool.close()
    const again = await open()
    expect(again.depth).toBe(0)
    await again.append(items(0, 1))
    expect(await again.peek(10)).toEqual(items(0, 1))
  })

  it('is one process’s at a time', async () => {
    await open()
    await expect(createDiskSpool(folder, quietLog)).rejects.toMatchObject({
      code: 'unavailable',
      detail: { pid: process.pid },
    })
  })

  it('takes over from a process that is gone, though another has its pid by now', async () => {
    const spool = await open()
    await spool.append(items(0, 1))
    await spool.close()
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, mark: 'another start' }))
    expect((await open()).depth).toBe(1)
  })

  it('F2: has every line that was accepted before kill -9', async () => {
    for (let round = 1; round <= 3; round++) {
      await using writer = run(process.execPath, ['test/fixtures/append-to-spool.ts', folder], { cwd: cloneFolder })
      await until(`round ${round} has written`, () => writer.output.split('\n').length > 60)
      await writer.kill('SIGKILL')
      const accepted = Number(/kept (\d+)\n(?!.*kept \d+\n)/s.exec(writer.output)?.[1])

      const spool = await open()
      // One more call may be there, or a part of it: written, and killed before it could say so.
      expect(spool.depth).toBeGreaterThanOrEqual(accepted + 1)
      expect(spool.depth).toBeLessThanOrEqual(accepted + 4)
      expect(await spool.peek(10_000)).toEqual(items(0, spool.depth))
      await spool.close()
    }
  })

  it('refuses a line for which the disk has no room, and keeps what it had accepted', async () => {
    // A limit on the size of files is what we can set without being root: writing fails as on a full disk.
    await using writer = run(
      'sh',
      ['-c', `ulimit -f 16; exec "${process.execPath}" test/fixtures/append-to-spool.ts "${folder}"`],
      {
        cwd: cloneFolder,
      },
    )
    const [, code, depth] = await until('it is full', () => /refused (\w+) (\d+)\n/.exec(writer.output))
    expect(code).toBe('unavailable')
    await writer.kill('SIGKILL')

    const spool = await open()
    expect(spool.depth).toBeGreaterThan(5)
    expect(spool.depth).toBe(Number(depth))
    expect(await spool.peek(1_000)).toEqual(items(0, Number(depth)))
    await spool.append(items(Number(depth), Number(depth) + 1))
    expect(await spool.peek(1_000)).toEqual(items(0, Number(depth) + 1))
  })

  it('shares an fsync between calls that do not wait for each other', async () => {
    const spool = await open()
    await spool.append(items(0, 1))
    const alone = await timed(async () => {
      for (let index = 0; index < 200; index++) await spool.append(items(index, index + 1))
    })
    const together = await timed(() =>
      Promise.all(Array.from({ length: 200 }, (_, index) => spool.append(items(index, index + 1)))),
    )
    expect(together).toBeLessThan(alone / 2)
  })
})

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
