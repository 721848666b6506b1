import { describe, expect, it } from 'vitest'
import { type OrganMemory, organNews } from '../../../core/sweep/organ-news.ts'
import {
  canaryOrgans,
  diskOrgan,
  leftoversOrgan,
  type OrganFinding,
  partOrgans,
  queuesOrgan,
  seatsOrgan,
  watchOrgan,
} from '../../../core/sweep/organs.ts'

const gib = 1024 ** 3
const noon = new Date('2026-11-22T12:00:00.000Z')
const words = ({ organ, state, why }: OrganFinding) => `${organ} ${state}${why === '' ? '' : `: ${why}`}`

describe('an organ', () => {
  it('that is a part ails when it does not answer, or says so itself', () => {
    expect(partOrgans('bridge', null).map(words)).toEqual(['bridge ailing: it does not answer'])
    const report = { part: 'knowledge', troubles: ['the clone failed', 'the disk is full'] }
    expect(partOrgans('knowledge', report).map(words)).toEqual(['knowledge ailing: the clone failed; the disk is full'])
    expect(partOrgans('router', { part: 'router', troubles: [] }).map(words)).toEqual(['router well'])
  })

  it('that says in the rooms itself what it is cut off from is not said twice', () => {
    expect(partOrgans('bridge', { part: 'bridge', troubles: ['slack is away'] })).toMatchObject([{ sayAfter: null }])
    expect(partOrgans('bridge', null)).toMatchObject([{ sayAfter: 2 }])
  })

  it('that rings for deadlines is told from the service that decides about them', () => {
    const troubles = ['redis is away, deadlines are looked at every 15 s']
    expect(partOrgans('tasks', { part: 'tasks', troubles }).map(words)).toEqual([
      'tasks well',
      'timers ailing: redis is away, deadlines are looked at every 15 s',
    ])
    expect(partOrgans('tasks', null).map(words)).toEqual([
      'tasks ailing: it does not answer',
      'timers unknown: the task service does not answer',
    ])
  })

  it('that could not be looked at is unknown, unless the sweep may not look', () => {
    expect(words(queuesOrgan([], 'The bus is away.'))).toBe('queues unknown: The bus is away.')
    expect(words(watchOrgan('It did not answer within 2 s.', false))).toBe(
      'watch unknown: It did not answer within 2 s.',
    )
    expect(words(watchOrgan('sweep may not see what stands still.', true))).toBe(
      'watch ailing: sweep may not see what stands still.',
    )
    expect(words(diskOrgan(null))).toBe('disk unknown: it could not be looked at')
    expect(words(leftoversOrgan(null))).toBe('leftovers unknown: it cannot be told')
  })

  it('that is a queue ails when nobody keeps it', () => {
    expect(words(queuesOrgan(['tasks of cto', 'inbox of cto'], null))).toBe(
      'queues ailing: missing: tasks of cto and inbox of cto',
    )
  })

  it('that is a disk ails below a tenth, or a GiB', () => {
    expect(words(diskOrgan({ free: 20 * gib, total: 100 * gib }))).toBe('disk well')
    expect(words(diskOrgan({ free: 9 * gib, total: 100 * gib }))).toBe('disk ailing: 9.0 GiB are free, 9 %')
    expect(words(diskOrgan({ free: 0.5 * gib, total: 2 * gib }))).toBe('disk ailing: 0.5 GiB are free, 25 %')
  })

  it('that is a platform is well when a line was heard there within thirty seconds', () => {
    const sentAt = noon.getTime()
    const heard = (ms: number | null) => (ms === null ? null : new Date(sentAt + ms).toISOString())
    const after = (ms: number, at: number) =>
      canaryOrgans(
        {
          networks: [
            { network: 'local', shows: true, posted: null, heard: heard(900), how: 'heard' },
            { network: 'slack', shows: true, posted: null, heard: heard(ms < 0 ? null : ms), how: null },
            { network: 'libera', shows: false, posted: null, heard: null, how: null },
          ],
        },
        sentAt,
        sentAt + at,
      ).map(words)
    expect(after(-1, 10_000)).toEqual(['canary local well', 'canary slack unknown: it is on its way'])
    expect(after(-1, 300_000)).toEqual([
      'canary local well',
      'canary slack ailing: a line sent 5 min ago was not heard there',
    ])
    expect(after(45_000, 300_000)).toEqual(['canary local well', 'canary slack ailing: a line took 45 s'])
    expect(canaryOrgans(null, sentAt, sentAt).map(words)).toEqual([
      'canary unknown: the bridge does not say what became of it',
    ])
  })
})

describe('what is said of organs', () => {
  const organ = (organ: string, why = ''): OrganFinding => ({
    organ,
    state: why === '' ? 'well' : 'ailing',
    why,
    sayAfter: 2,
  })

  /** The lines of each sweep, one after another. */
  function linesOf(...sweeps: OrganFinding[][]): string[][] {
    let memory: OrganMemory = {}
    return sweeps.map((organs, index) => {
      const { lines, after } = organNews(memory, organs, new Date(noon.getTime() + index * 300_000))
      memory = after
      return lines.map(({ text }) => text)
    })
  }

  it('is said once when it ails at two sweeps in a row, and once when it is well again', () => {
    const ails = [organ('disk', '0.5 GiB are free, 3 %.'), organ('queues')]
    expect(linesOf(ails, ails, ails, [organ('disk')], [organ('disk')])).toEqual([
      [],
      ['Something is wrong: disk (0.5 GiB are free, 3 %).'],
      [],
      ['Well again: disk.'],
      [],
    ])
  })

  it('is nothing when it was well in between, and goes on when it was unknown', () => {
    const ails = [organ('disk', 'full')]
    const unknown: OrganFinding[] = [
      { organ: 'disk', state: 'unknown', why: 'it could not be looked at', sayAfter: null },
    ]
    expect(linesOf(ails, [organ('disk')], ails).flat()).toEqual([])
    expect(linesOf(ails, unknown, ails).flat()).toEqual(['Something is wrong: disk (full).'])
  })

  it('is one line for all that is new, and at once for seats that are silent together', () => {
    expect(linesOf([seatsOrgan('9 of 12 seats have been silent for 4 min: that has one cause')])).toEqual([
      ['Something is wrong: seats (9 of 12 seats have been silent for 4 min: that has one cause).'],
    ])
    const both = [organ('disk', 'full'), organ('knowledge', 'it does not answer')]
    expect(linesOf(both, both)[1]).toEqual(['Something is wrong: disk (full); knowledge (it does not answer).'])
  })

  it('is nothing where somebody else says it', () => {
    const away: OrganFinding[] = [{ organ: 'bridge', state: 'ailing', why: 'slack is away', sayAfter: null }]
    expect(linesOf(away, away, away).flat()).toEqual([])
  })

  it('is the same line when it has to be said again, because nobody wrote down that it was', () => {
    const ails = [organ('disk', 'full')]
    const { after } = organNews({}, ails, noon)
    const said = [300_000, 600_000].map((ms) => organNews(after, ails, new Date(noon.getTime() + ms)).lines)
    expect(said[0]).toEqual(said[1])
    expect(said[0]).toHaveLength(1)
  })
})
