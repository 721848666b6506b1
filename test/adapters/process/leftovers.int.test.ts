import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createLeftovers } from '../../../adapters/process/leftovers.ts'
import { seenProcesses, variableOf } from '../../../adapters/process/process-table.ts'
import { runVariable } from '../../../adapters/process/program-family.ts'
import { ownerVariable } from '../../../adapters/process/program-owner.ts'
import { startMark } from '../../../adapters/servers/process-mark.ts'
import { cloneFolder, run, temporaryFolder, until } from '../../support/process.ts'

const folder = temporaryFolder()
const stack = new AsyncDisposableStack()
afterAll(async () => {
  await stack.disposeAsync()
  folder[Symbol.dispose]()
})

/** A house with nobody in it yet. */
const newHouse = () => join(folder.path, randomUUID())
/** Deaf to being asked, with one child in its group and one in a session of its own that hides its mark. */
const family = (pids: string) =>
  `trap "" TERM; echo $$ >> ${pids}; sleep 300 & echo $! >> ${pids}; env -i PATH="$PATH" setsid sleep 300 & echo $! >> ${pids}; wait`

/** A process of a house that runs such a program. */
async function startOwner(house: string) {
  const path = join(folder.path, randomUUID())
  const argv = [house, `work-${randomUUID()}`, 'sh', '-c', family(path)]
  const owner = stack.use(run(process.execPath, [join(cloneFolder, 'test/fixtures/run-program.ts'), ...argv]))
  const pids = () => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : [])
  stack.defer(() => pids().forEach(kill))
  await until('its program runs', () => pids().length === 3)
  return { kill: () => owner.kill('SIGKILL'), alive: () => pids().filter((pid) => startMark(pid) !== null), pids }
}

/** A process of its own group that was told so. */
function startTold(environment: Record<string, string>) {
  return stack.use(run('setsid', ['sleep', '300'], { env: { PATH: process.env.PATH, ...environment } }))
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone.
  }
}

/** What a process was told of its run and its owner. */
async function toldTo(pid: number): Promise<{ run: string; owner: string }> {
  const seen = (await seenProcesses()).find((one) => one.pid === pid)
  if (seen === undefined) throw new Error(`${pid} does not run`)
  return { run: variableOf(seen, runVariable) ?? '', owner: variableOf(seen, ownerVariable) ?? '' }
}

describe('programs that outlived their owner', () => {
  test('are found when it was killed, and ended with all they started; those of the living and of other houses are left alone', async () => {
    const [house, other] = [newHouse(), newHouse()]
    const [killed, living, elsewhere] = await Promise.all([startOwner(house), startOwner(house), startOwner(other)])
    const leftovers = createLeftovers({ house })
    expect(await leftovers.find()).toEqual([])

    const began = Date.now()
    await Promise.all([killed.kill(), elsewhere.kill()])
    const found = await leftovers.find()
    expect(found).toEqual([
      {
        run: (await toldTo(killed.pids()[0] ?? 0)).run,
        role: 'cto',
        task: 't-1',
        since: expect.any(Date),
        processes: 3,
      },
    ])
    expect(Math.abs((found[0]?.since.getTime() ?? 0) - began)).toBeLessThan(30_000)

    for (const leftover of found) expect(await leftovers.end(leftover)).toBe(true)
    expect(killed.alive()).toEqual([])
    expect(await leftovers.find()).toEqual([])
    for (const leftover of found) expect(await leftovers.end(leftover)).toBe(true)
    expect([living.alive().length, elsewhere.alive().length]).toEqual([3, 3])
    expect(await createLeftovers({ house: other }).find()).toHaveLength(1)
  })

  test('are told by more than the number of their owner, which another process may have by now', async () => {
    const house = newHouse()
    const owner = await startOwner(house)
    const told = await toldTo(owner.pids()[0] ?? 0)
    const [hash, pid, space, mark] = told.owner.split(' ')
    const another = await startOwner(newHouse())
    const leftovers = createLeftovers({ house })
    const runs = async () => (await leftovers.find()).map(({ run: name }) => name)

    // Its number was another's, who began earlier.
    startTold({ [runVariable]: 'reused 1', [ownerVariable]: [hash, pid, space, `1${mark}`].join(' ') })
    // It is counted elsewhere, in another container.
    startTold({ [runVariable]: 'elsewhere 1', [ownerVariable]: [hash, '99999999', 'pid:[1]', mark].join(' ') })
    // Nobody says who it is; and somebody who is not understood.
    startTold({ [runVariable]: 'unsigned 1' })
    startTold({ [runVariable]: 'garbled 1', [ownerVariable]: `${hash} x` })
    // Says of itself that it belongs to a run whose owner lives.
    startTold({ [runVariable]: told.run, [ownerVariable]: [hash, '99999999', space, mark].join(' ') })
    await until('the one is found', async () => (await runs()).includes('reused 1'))
    expect(await runs()).toEqual(['reused 1'])
    expect([owner.alive().length, another.alive().length]).toEqual([3, 3])
  })

  test('are left alone when they have an owner again at the last moment', async () => {
    const house = newHouse()
    const owner = await startOwner(house)
    const [first = 0] = owner.pids()
    const { run: name, owner: told } = await toldTo(first)
    await owner.kill()
    const leftovers = createLeftovers({ house })
    const [leftover] = await leftovers.find()
    if (leftover === undefined) throw new Error('nothing was found')
    const living = told.replace(/ \d+ /, ` ${process.pid} `).replace(/\S+$/, startMark(process.pid) ?? '')
    const { pid } = startTold({ [runVariable]: name, [ownerVariable]: living })
    // While one program becomes another, nobody can read what it was told.
    await until('it runs', () => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n')
    await until('it is left alone', async () => (await leftovers.find()).length === 0)
    expect(await leftovers.end(leftover)).toBe(false)
    expect(owner.alive()).toHaveLength(3)
  })
})
