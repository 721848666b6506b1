import { type Facts, type Verdict, workedOnBeside } from './judge.ts'

const shown = 8

/** What happened, and what was broken, for people. */
export function renderSoak({
  seed,
  seconds,
  killed,
  ended,
  surprises,
  facts,
  verdict,
}: {
  seed: number
  seconds: number
  killed: ReadonlyMap<string, number>
  ended: readonly string[]
  surprises: readonly string[]
  facts: Facts
  verdict: Verdict
}): string {
  const { said, recorded, commits, letters } = facts
  const tasks = [...facts.tasks.values()]
  const kills = [...killed].sort(([a], [b]) => a.localeCompare(b))
  const happened = (type: string) => commits.filter(({ events }) => events.some((event) => event.type === type)).length
  const rows: [string, string][] = [
    ['seed', String(seed)],
    ['took', `${seconds} s`],
    ['killed', `${kills.reduce((sum, [, n]) => sum + n, 0)}: ${kills.map(([name, n]) => `${name} ${n}`).join(', ')}`],
    [
      'lines that asked for something',
      `${said.length}, ${said.filter(({ title }) => title.includes('again')).length} of them said again`,
    ],
    ['  not in the record (the network was away)', String(said.length - recorded.length)],
    ['  kept by the desk while the task service was away', String(recorded.filter(({ kept }) => kept).length)],
    [
      '  answered "I could not reach the task service"',
      String(recorded.filter(({ answer }) => answer === 'unsure').length),
    ],
    ['  answers that their speaker did not hear', String(said.filter(({ answer }) => answer === null).length)],
    ['tasks', `${tasks.length}, of which ${tasks.filter(({ parent }) => parent !== null).length} follow another`],
    ...(['done', 'failed', 'cancelled'] as const).map((status): [string, string] => [
      `  ${status}`,
      String(tasks.filter((task) => task.status === status).length),
    ]),
    ['commits', String(commits.length)],
    ['claims', `${happened('claimed')}, ${commits.filter(isHandedOutAgain).length} of them after a lease had run out`],
    ['  worked on by an old epoch beside a newer one', String(workedOnBeside(facts).length)],
    ['sent back', String(happened('returned'))],
    ['dead letters', String(letters.length)],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    'Tasks through the whole story, while parts are killed',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    'Broken promises',
    ...Object.entries(verdict).flatMap(([name, broken]) => [
      `  ${name.padEnd(width)}  ${broken.length}`,
      ...some(broken),
    ]),
    ...(ended.length === 0 ? [] : ['Ended by themselves', ...some(ended)]),
    ...(surprises.length === 0 ? [] : ['Said to people, and not expected', ...some(surprises)]),
  ].join('\n')

  function isHandedOutAgain({ events, version, key }: Facts['commits'][number]): boolean {
    if (!events.some(({ type }) => type === 'claimed')) return false
    const before = commits.find((other) => other.key === key && other.version === version - 1)
    return before?.events.some(({ type }) => type === 'claimed' || type === 'started') ?? false
  }
}

function some(list: readonly string[]): string[] {
  const rest = list.length - shown
  return [...list.slice(0, shown).map((text) => `    ${text}`), ...(rest > 0 ? [`    and ${rest} more`] : [])]
}
