import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceOf } from '../adapters/disk/workspace.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import { createPinoLog } from '../adapters/process/pino-log.ts'
import { programEnvironment } from '../adapters/process/program-environment.ts'
import { systemClock, systemSleep } from '../adapters/process/system-clock.ts'
import { createPrometheusMetrics } from '../adapters/prometheus/metrics.ts'
import { evidenceKey } from '../adapters/servers/evidence-key.ts'
import { type PartName, startParts, stopParts } from '../cli/fleet-process.ts'
import type { FleetPlan } from './fleet.ts'

// Parts of a fleet in a process of their own, as `breakroom up` runs them; only the servers are given. SIGTERM stops them.

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as FleetPlan & { seeds: Record<string, string> }
const context: PartContext = {
  ...plan,
  seed: (user) => plan.seeds[user] ?? null,
  ircAccount: () => null,
  secret: (variable) => plan.slack?.secrets[variable],
  stampKey: 'bench',
  evidenceKey: evidenceKey(plan.folder),
  spoolFolder: join(plan.folder, 'spool'),
  runFolder: join(plan.folder, 'runs'),
  taskFolder: join(plan.folder, 'tasks'),
  knowledgeFolder: join(plan.folder, 'knowledge'),
  stateFolder: join(plan.folder, 'state'),
  firestoreEmulator: null,
  folder: plan.folder,
  workspace: (role) => workspaceOf({ home: plan.folder, folder: plan.folder, role }),
  programEnvironment: programEnvironment(process.env),
  verifyLogin: async () => null,
  slackApiUrl: plan.slack?.apiUrl ?? '',
  clock: systemClock,
  sleep: systemSleep,
  random: Math.random,
  newId: () => crypto.randomUUID(),
  log: createPinoLog(join(plan.folder, 'log')),
  metrics: createPrometheusMetrics(),
}
const parts = await startParts(context, plan.parts as PartName[])
process.once('SIGTERM', () => void stopParts(parts).then(() => process.exit(0)))
await Promise.all(parts.map((part) => part.ready(30_000)))
process.stdout.write('ready\n')
