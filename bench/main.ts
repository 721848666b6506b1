import { bots } from './bots.ts'
import { bridge } from './bridge.ts'
import { type Figure, isMet, ratioOf, renderTable, type Size } from './figure.ts'
import { mentions } from './mentions.ts'
import { ping } from './ping.ts'
import { slackCommands } from './slack/commands.ts'
import { slackHeard } from './slack/heard.ts'
import { slackMemory } from './slack/memory.ts'
import { slackOutage } from './slack/outage.ts'
import { slackPosts } from './slack/posts.ts'
import { start } from './start.ts'
import { state } from './state.ts'
import { store } from './store.ts'
import { taskAssign } from './tasks-assign.ts'
import { taskBurst } from './tasks-burst.ts'
import { taskChanges } from './tasks-changes.ts'
import { taskClockJumps } from './tasks-clock-jumps.ts'
import { taskDeadlines } from './tasks-deadlines.ts'
import { taskGrowth } from './tasks-growth.ts'
import { taskLoad } from './tasks-load.ts'
import { taskRebuild } from './tasks-rebuild.ts'
import { taskRedelivery } from './tasks-redelivery.ts'
import { taskRedisAway } from './tasks-redis-away.ts'

const benches: Record<string, { title: string; run: (size: Size) => Promise<Figure[]> }> = {
  start: { title: 'Starting the fleet', run: start },
  bridge: { title: 'From one network to another', run: bridge },
  ping: { title: 'A mention and its answer', run: ping },
  mentions: { title: 'Many mentions, with flood limits', run: mentions },
  bots: { title: 'Many bots in one process', run: bots },
  store: { title: 'Tasks in their store', run: store },
  state: { title: "The organisation's memory, and Firestore behind it", run: state },
  changes: { title: 'Changes to tasks', run: taskChanges },
  growth: { title: 'Changes to tasks among many others', run: taskGrowth },
  assign: { title: 'An assignment and its doorbell', run: taskAssign },
  burst: { title: 'Many tasks at once from one person', run: taskBurst },
  rebuild: { title: 'A task store made anew', run: taskRebuild },
  deadlines: { title: 'A thousand deadlines', run: taskDeadlines },
  'redis-away': { title: 'Tasks without Redis', run: taskRedisAway },
  'clock-jumps': { title: 'A thousand deadlines while the clock jumps', run: taskClockJumps },
  load: { title: 'Commands among many deadlines', run: taskLoad },
  redelivery: { title: 'A worker killed at its work', run: taskRedelivery },
  'slack-commands': { title: 'Slash commands in Slack', run: slackCommands },
  'slack-heard': { title: 'From Slack to the record', run: slackHeard },
  'slack-outage': { title: 'Two hours without Slack', run: slackOutage },
  'slack-posts': { title: 'Many lines for one channel of Slack', run: slackPosts },
  'slack-memory': { title: 'What Slack takes of memory', run: slackMemory },
}

const flags = new Set(process.argv.slice(2).filter((word) => word.startsWith('--')))
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const unknown = [
  ...named.filter((name) => !(name in benches)),
  ...[...flags].filter((flag) => !/^--(short|json|strict)$/.test(flag)),
]
if (unknown.length > 0) {
  process.stderr.write(
    `There is no ${unknown.join(', ')}. Benches: ${Object.keys(benches).join(', ')}; --short --json --strict\n`,
  )
  process.exit(2)
}

const results: Record<string, object[]> = {}
let missed = 0
for (const name of named.length > 0 ? named : Object.keys(benches)) {
  const bench = benches[name]
  if (bench === undefined) continue
  process.stderr.write(`Measuring: ${bench.title} ...\n`)
  const figures = await bench.run(flags.has('--short') ? 'short' : 'full')
  missed += figures.filter((figure) => isMet(figure) === false).length
  results[name] = figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), met: isMet(figure) }))
  if (!flags.has('--json')) process.stdout.write(`${renderTable(bench.title, figures)}\n\n`)
}
if (flags.has('--json')) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
process.exitCode = flags.has('--strict') && missed > 0 ? 1 : 0
