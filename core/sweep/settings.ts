import { z } from 'zod'
import { namePattern } from '../role.ts'

const minutes = (most: number) => z.number().positive().max(most)
const day = 1_440

/** How long each may last before something is done about it. In minutes; a role may have others. */
export const thresholdsSchema = z.strictObject({
  working_long: minutes(7 * day)
    .default(120)
    .describe(
      'Work that goes on so long is called long, and left alone. Most tasks of a fleet take less than two hours.',
    ),
  waiting_for_answer: minutes(day)
    .default(1)
    .describe(
      'A question waits so long before it is looked up. Looking up disturbs nobody; a minute lets the worker take it back.',
    ),
  waiting_for_human: minutes(30 * day)
    .default(60)
    .describe('What waits for a person is said once after so long. An hour: people eat, and meet.'),
  human_patience: minutes(30 * day)
    .default(240)
    .describe('After a person was asked and says nothing, the next one up is told. Half a working day.'),
  idle_with_work: minutes(day)
    .default(5)
    .describe('A seat that is here and free takes work within seconds; five minutes are a hundred times that.'),
  stalled: minutes(7 * day)
    .default(30)
    .describe(
      'Without output, file change, processor time or word. The longest honest silence known of is a turn of 25 minutes.',
    ),
  looping: minutes(day)
    .default(5)
    .describe(
      'The same again and again, with no file changed. A program that waits for something says so for a few minutes, too.',
    ),
  zombie: minutes(day)
    .default(2)
    .describe('A seat looks every ten seconds whether its task is still its own; after two minutes it does not look.'),
  deaf: minutes(day)
    .default(2)
    .describe('A seat asks for its queue all the time; between two askings there are milliseconds.'),
  dead: minutes(day).default(3).describe('Thirty-six heartbeats in a row. A restart takes less than one minute.'),
})
export type Thresholds = z.infer<typeof thresholdsSchema>
export type ThresholdName = keyof Thresholds

/** `sweep:` of breakroom.yaml. */
export const sweepSettingsSchema = z
  .strictObject({
    every_minutes: z
      .number()
      .min(0.05)
      .max(day)
      .default(5)
      .describe('How often the fleet is looked at. Of what stands still one thing is done each time.'),
    thresholds: thresholdsSchema.prefault({}).describe('How long each state may last, in minutes.'),
    roles: z
      .record(z.string().max(32).regex(namePattern, 'must be the name of a role'), z.strictObject(optionals()))
      .default({})
      .describe('Other thresholds for single roles: role -> threshold -> minutes.'),
    canary: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The room through which a line is sent on every platform and heard again. Left out: the one called "canary", if there is one.',
      ),
  })
  .describe('The sweep: how often the fleet is looked at, and what is called stuck')
export type SweepSettings = z.infer<typeof sweepSettingsSchema>

/** The thresholds of one role. */
export function thresholdsOf(
  role: string,
  { thresholds, roles }: Pick<SweepSettings, 'thresholds' | 'roles'>,
): Thresholds {
  // A file has no key without a value.
  return { ...thresholds, ...(roles[role] as Partial<Thresholds> | undefined) } as Thresholds
}

/** The room that the canary flies through, or null. */
export function canaryRoom(fleet: {
  rooms: Readonly<Record<string, { visibility: 'public' | 'private' }>>
  sweep: Pick<SweepSettings, 'canary'>
}): string | null {
  const room = fleet.sweep.canary ?? 'canary'
  // Of a private room nobody outside of it can tell what was heard.
  return Object.hasOwn(fleet.rooms, room) && fleet.rooms[room]?.visibility === 'public' ? room : null
}

/** Without their defaults: what is left out is what holds for everybody. */
function optionals(): { [N in ThresholdName]: z.ZodOptional<z.ZodNumber> } {
  const shape = Object.entries(thresholdsSchema.shape).map(([name, { description = '' }]) => [
    name,
    minutes(30 * day)
      .optional()
      .describe(description),
  ])
  return Object.fromEntries(shape)
}
