import type { Figures } from './figures.ts'

/** What a run came to, for people. */
export function renderFigures(figures: Figures): string {
  const { scenario, seed, agents, days, sweeps, seconds, targets } = figures
  const rows: [string, string, string][] = [
    [
      'found, of those that lasted long enough',
      `${percent(figures.recall)} (${figures.found} of ${figures.counted})`,
      verdict(targets.recall, '>= 99 %'),
    ],
    [
      'false kills, of all kills',
      `${percent(figures.false_kill_rate)} (${figures.false_kills} of ${figures.kills})`,
      verdict(targets.false_kill_rate, '<= 0.1 %'),
    ],
    ['treated late', `${figures.late}`, verdict(targets.late, '0')],
    ['nudged twice for one stall', `${figures.nudged_twice}`, verdict(targets.nudged_twice, '0')],
    ['called what they were', percent(figures.right_class), ''],
    [
      'found, with those while nobody could look',
      `${percent(figures.recall_with_outages)} (${figures.nobody_could_look} such)`,
      '',
    ],
    ['minutes until found', spread(figures.minutes_to_detection), ''],
    ['minutes from the threshold to the first act', spread(figures.minutes_to_act_after_threshold), ''],
    ['minutes until all was well', spread(figures.minutes_to_recovery), ''],
    ['acts', `${figures.acts}, ${figures.acts_per_agent_per_day.toFixed(2)} for each agent and day`, ''],
    ['of these on somebody who was well', `${figures.false_alarms}${listed(figures.false_alarms_by_state)}`, ''],
    [
      'false kills for each healthy task, agent and day',
      `${exact(figures.false_kills_per_healthy_task)}, ${exact(figures.false_kills_per_agent_day)}`,
      '',
    ],
    ['lines in the room', `${figures.room_lines}, ${figures.room_lines_per_day.toFixed(1)} a day`, ''],
  ]
  const head = `${scenario}: ${agents} agents, ${days} days, seed ${seed}; ${sweeps.whole + sweeps.broken} sweeps (${sweeps.broken} broken, ${sweeps.held} held), ${figures.tasks} tasks, ${figures.injected} troubles (${figures.skipped} more fell on somebody in trouble); ${seconds.toFixed(0)} s`
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)))
  const lines = rows.map(([name, value, met]) =>
    `  ${name.padEnd(widths[0] as number)}  ${value.padEnd(widths[1] as number)}  ${met}`.trimEnd(),
  )
  return [head, ...lines, '', ...byClass(figures), '', ...meanings(figures)].join('\n')
}

function byClass({ by_class }: Figures): string[] {
  const head = ['', 'injected', 'counted', 'found', 'late', 'well after', 'called']
  const rows = Object.entries(by_class).map(([state, own]) => [
    state,
    `${own.injected}`,
    `${own.counted}`,
    `${own.found}`,
    `${own.late}`,
    own.minutes_to_recovery_p50 === null ? '' : `${own.minutes_to_recovery_p50.toFixed(0)} min`,
    Object.entries(own.called)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  ])
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)))
  return all.map((row) =>
    `  ${row.map((cell, column) => (column === 0 || column === 6 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number))).join('  ')}`.trimEnd(),
  )
}

function meanings({ definitions }: Figures): string[] {
  return Object.entries(definitions).map(([name, meaning]) => `  ${name}: ${meaning}.`)
}

function verdict({ met }: { met: boolean }, target: string): string {
  return `${target}  ${met ? 'met' : 'NOT MET'}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function spread({ p50, p99 }: { p50: number | null; p99: number | null }): string {
  return p50 === null || p99 === null ? 'none' : `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}`
}

function exact(value: number): string {
  return value === 0 ? '0' : value.toExponential(1)
}

function listed(counts: Record<string, number>): string {
  const words = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  return words.length === 0 ? '' : ` (${words.join(', ')})`
}
