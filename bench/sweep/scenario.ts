import { basename } from 'node:path'
import { z } from 'zod'
import { configInvalid } from '../../adapters/yaml/problem.ts'
import { readYaml } from '../../adapters/yaml/read-yaml.ts'
import { didYouMean } from '../../core/did-you-mean.ts'
import { namePattern } from '../../core/role.ts'
import {
  sweepSettingsSchema,
  type ThresholdName,
  type Thresholds,
  thresholdsSchema,
} from '../../core/sweep/settings.ts'
import { rungKinds, type StallState, stallStates } from '../../core/sweep/states.ts'
import { distributionSchema } from './distribution.ts'

// The format is described for people in docs/sweep-scenarios.md.

const share = z.number().min(0).max(1)
const perDay = z.number().min(0).max(1_000)
const name = z.string().max(32).regex(namePattern, 'must be a name: small letters, digits and dashes')
const classSchema = z.enum(stallStates)

const overrides = z.strictObject(
  Object.fromEntries(
    Object.keys(thresholdsSchema.shape).map((key) => [key, z.number().positive().max(43_200).optional()]),
  ) as Record<ThresholdName, z.ZodOptional<z.ZodNumber>>,
)

/** How somebody who is well works. */
const behaviourSchema = z.strictObject({
  /** How long a task takes. */
  work_minutes: distributionSchema.default({ p50: 40, p99: 240 }),
  /** How long there is nothing to do after it. */
  idle_minutes: distributionSchema.default({ p50: 20, p99: 120 }),
  /** How long it is until what came is taken. */
  takes_minutes: distributionSchema.default({ min: 0.02, max: 0.1 }),
  /** From one sign to the next while there is work; a kind that is left out is never seen. */
  silence_minutes: z
    .strictObject({
      output: distributionSchema.optional(),
      file: distributionSchema.optional(),
      cpu: distributionSchema.optional(),
      note: distributionSchema.optional(),
    })
    .default({ output: { p50: 0.5, p99: 8 }, file: { p50: 3, p99: 20 }, cpu: { p50: 0.5, p99: 4 } }),
  /** Waits in which it prints the same line again and again, and nothing else, and then goes on. */
  same_line: z.strictObject({ per_day: perDay.default(0), minutes: distributionSchema.default(2) }).prefault({}),
  answers_pings: z
    .strictObject({ probability: share.default(0.9), delay_minutes: distributionSchema.default({ p50: 0.5, p99: 5 }) })
    .prefault({}),
  /** What somebody who works has to be told; each is a trouble of its own until it is told. */
  asks_per_day: z
    .strictObject({
      question: perDay.default(0),
      permission: perDay.default(0),
      /** The share of the questions whose answer is written down. */
      answered_by_corpus: share.default(0.6),
    })
    .prefault({}),
})
export type Behaviour = z.infer<typeof behaviourSchema>

const groupSchema = z.strictObject({
  name: name.default('agent'),
  count: z.int().min(1).max(100_000).default(1),
  seat: z.enum(['program', 'people']).default('program'),
  /** Left out: `steady`, or for people `people`. */
  behaviour: name.optional(),
  thresholds: overrides.prefault({}),
})

const healedBy = z.strictObject(
  Object.fromEntries(rungKinds.map((kind) => [kind, share.optional()])) as Record<
    (typeof rungKinds)[number],
    z.ZodOptional<typeof share>
  >,
)

const lasts = z.union([z.literal('never'), ...distributionSchema.options])

const troubleSchema = z.strictObject({
  class: classSchema,
  /** Names of groups; left out: everybody to whom it can happen. */
  agents: z.array(name).min(1).optional(),
  /** Only those who behave so. */
  behaviours: z.array(name).min(1).optional(),
  per_agent_per_day: perDay.default(0.05),
  /** Heals by itself after so long. */
  lasts_minutes: lasts.default('never'),
  /** How likely it ends by what is done about it. What is left out is as by default. */
  healed_by: healedBy.prefault({}),
  /** Of questions. */
  answered_by_corpus: share.default(0.6),
})

const eventSchema = z.strictObject({
  at_minutes: z.number().min(0),
  agent: z.string().min(1),
  trouble: classSchema,
  lasts_minutes: lasts.default('never'),
  healed_by: healedBy.prefault({}),
  answered_by_corpus: share.default(0.6),
})

const spells = z.strictObject({ per_day: perDay.default(0), minutes: distributionSchema.default(5) }).prefault({})

const noiseSchema = z
  .strictObject({
    /** The share of heartbeats that never arrive. */
    lost_heartbeats: share.default(0),
    /** How old what is shown of a brain may be. */
    late_captures_minutes: distributionSchema.default(0),
    /** How often a brain shows nothing at all when it is looked at. */
    missing_session: share.default(0),
    /** Killed in the middle of a sweep. */
    sweeper_restarts_per_day: perDay.default(0),
    /** Stands still in the middle of a sweep while another one takes over, and goes on then. */
    sweeper_paused: spells,
    /** Two who both think that they are the only one. */
    two_sweepers_minutes_per_day: z.number().min(0).max(1_440).default(0),
    task_service_away: spells,
    bus_away: spells,
    /** Everybody's process ends at once and is back after so long. */
    mass_restart: spells,
    /** How far clocks are off at the most: those of the agents, of the task service and of the sweeper. */
    clock_skew_minutes: z.number().min(0).max(60).default(0),
  })
  .prefault({})

export const scenarioSchema = z.strictObject({
  name: z.string().min(1).max(80).default(''),
  seed: z.int().min(0).default(1),
  days: z.number().positive().max(366).default(1),
  sweep: z.strictObject({ every_minutes: sweepSettingsSchema.shape.every_minutes }).prefault({}),
  thresholds: overrides.prefault({}),
  agents: z.array(groupSchema).min(1).max(200),
  behaviours: z.record(name, behaviourSchema).default({}),
  troubles: z.array(troubleSchema).max(200).default([]),
  events: z.array(eventSchema).max(1_500).default([]),
  /** How long people take who were asked, pinged or told. */
  people_answer_minutes: distributionSchema.default({ p50: 20, p99: 240 }),
  noise: noiseSchema,
})
type ScenarioFile = z.infer<typeof scenarioSchema>
export type Trouble = ScenarioFile['troubles'][number]

export interface Agent {
  name: string
  group: string
  seat: 'program' | 'people'
  behaviour: string
  thresholds: Thresholds
}

/** A scenario that was read: the groups are single agents, and every behaviour is there. */
export interface Scenario extends Omit<ScenarioFile, 'agents' | 'thresholds'> {
  agents: Agent[]
}

/** What can happen to whom: of people it is not seen how they work. */
export const classesOf: Record<Agent['seat'], readonly StallState[]> = {
  program: stallStates,
  people: ['waiting-for-answer', 'waiting-for-human', 'deaf', 'dead'],
}

/** Those that need not be written down. */
const shippedBehaviours: Record<string, z.input<typeof behaviourSchema>> = {
  steady: {},
  /** Turns of up to 25 minutes in which nothing at all is seen. */
  slow: {
    work_minutes: { p50: 120, p99: 400 },
    silence_minutes: { output: { p50: 6, p99: 25, max: 25 } },
    answers_pings: { probability: 0.7, delay_minutes: { p50: 5, p99: 20 } },
  },
  people: {
    work_minutes: { p50: 120, p99: 480 },
    idle_minutes: { p50: 60, p99: 300 },
    takes_minutes: { p50: 6, p99: 45, max: 55 },
    silence_minutes: { note: { p50: 40, p99: 180, max: 220 } },
    answers_pings: { probability: 0.8, delay_minutes: { p50: 10, p99: 120 } },
  },
}

/** A behaviour that was read, with its defaults. */
export function behaviourOf({ behaviours }: Pick<Scenario, 'behaviours'>, name: string): Behaviour {
  return behaviours[name] ?? behaviourSchema.parse(shippedBehaviours[name])
}

/**
 * Reads a scenario. Throws one `config_invalid` for everything that is wrong, with file, line and column; `seed` instead of the file's own
 * when it is given.
 */
export function loadScenario(path: string, seed: number | null = null): Scenario {
  const file = basename(path)
  const read = readYaml(path, file, scenarioSchema)
  if ('problems' in read) throw configInvalid(read.problems)
  const { value, places } = read
  const problems = wrongReferences(value).map(({ at, message }) => ({ file, ...places.of(at), message }))
  if (problems.length > 0) throw configInvalid(problems)
  return { ...unfold(value), seed: seed ?? value.seed, name: value.name || file.replace(/\.ya?ml$/, '') }
}

/** The same from what is written in a program. Throws what is wrong as zod says it. */
export function scenarioOf(given: z.input<typeof scenarioSchema>): Scenario {
  const value = scenarioSchema.parse(given)
  const [wrong] = wrongReferences(value)
  if (wrong !== undefined) throw new Error(wrong.message)
  return unfold(value)
}

function unfold({ thresholds, ...value }: ScenarioFile): Scenario {
  const own = thresholdsSchema.parse(given(thresholds))
  const agents = value.agents.flatMap((group) =>
    namesOf(group).map((one) => ({
      name: one,
      group: group.name,
      seat: group.seat,
      behaviour: behaviourName(group),
      thresholds: { ...own, ...given(group.thresholds) } as Thresholds,
    })),
  )
  return { ...value, agents }
}

function behaviourName({ behaviour, seat }: ScenarioFile['agents'][number]): string {
  return behaviour ?? (seat === 'people' ? 'people' : 'steady')
}

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}

/** `builder-1`, `builder-2`, ...; a single one is called as its group is. */
function namesOf({ name, count }: { name: string; count: number }): string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`)
}

interface Wrong {
  at: PropertyKey[]
  message: string
}

function wrongReferences({ agents, behaviours, troubles, events, days }: ScenarioFile): Wrong[] {
  const wrong: Wrong[] = []
  const known = (word: string, all: Iterable<string>, what: string, at: PropertyKey[]) => {
    const list = [...all]
    if (!list.includes(word)) wrong.push({ at, message: `there is no ${what} "${word}"${didYouMean(word, list)}` })
  }
  const groups = agents.map((group) => group.name)
  const everybody = new Map<string, ScenarioFile['agents'][number]>()
  agents.forEach((group, index) => {
    if (group.behaviour !== undefined) {
      const all = [...Object.keys(behaviours), ...Object.keys(shippedBehaviours)]
      known(group.behaviour, all, 'behaviour', ['agents', index, 'behaviour'])
    }
    for (const one of namesOf(group)) {
      if (everybody.has(one)) wrong.push({ at: ['agents', index], message: `there is an agent "${one}" already` })
      everybody.set(one, group)
    }
  })
  troubles.forEach((trouble, index) => {
    trouble.agents?.forEach((group, at) => {
      known(group, groups, 'group', ['troubles', index, 'agents', at])
    })
    trouble.behaviours?.forEach((one, at) => {
      known(one, agents.map(behaviourName), 'agent with the behaviour', ['troubles', index, 'behaviours', at])
    })
    const selected = agents.filter((group) =>
      isSelected(trouble, { group: group.name, behaviour: behaviourName(group) }),
    )
    if (selected.length > 0 && !selected.some(({ seat }) => classesOf[seat].includes(trouble.class))) {
      wrong.push({ at: ['troubles', index, 'class'], message: `people are never ${trouble.class}` })
    }
  })
  events.forEach((event, index) => {
    known(event.agent, everybody.keys(), 'agent', ['events', index, 'agent'])
    const seat = everybody.get(event.agent)?.seat
    if (seat !== undefined && !classesOf[seat].includes(event.trouble)) {
      wrong.push({ at: ['events', index, 'trouble'], message: `people are never ${event.trouble}` })
    }
    if (event.at_minutes > days * 1_440) {
      wrong.push({ at: ['events', index, 'at_minutes'], message: `this is after the end, at ${days * 1_440} minutes` })
    }
  })
  return wrong
}

/** Whether a trouble is meant for such an agent. */
export function isSelected(
  { agents, behaviours }: Pick<Trouble, 'agents' | 'behaviours'>,
  { group, behaviour }: Pick<Agent, 'group' | 'behaviour'>,
): boolean {
  return (agents?.includes(group) ?? true) && (behaviours?.includes(behaviour) ?? true)
}
