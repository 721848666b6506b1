import { z } from 'zod'

const firestoreSchema = z.strictObject({
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{3,61}[a-z0-9]$/, 'must be the id of a Google Cloud project, such as "our-breakroom"')
    .describe('The Google Cloud project.'),
  database: z
    .string()
    .regex(/^(?:\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/, 'must be the id of a database, such as "(default)"')
    .default('(default)')
    .describe('The database in it.'),
  credentials_env: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be the name of an environment variable in capitals; never the key itself')
    .default('GOOGLE_APPLICATION_CREDENTIALS')
    .describe('Environment variable that holds the path of the key file. Unset: what the machine itself may do.'),
})

/** `state:` of breakroom.yaml. */
export const stateSettingsSchema = z
  .strictObject({
    firestore: firestoreSchema.optional().describe('Left out: what is kept is in a file of this machine alone.'),
    metrics_minutes: z
      .number()
      .min(0.01)
      .max(1_440)
      .default(10)
      .describe(
        'How often the figures of a day are written to Firestore, in minutes; each time is a write for each role.',
      ),
  })
  .describe("The organisation's memory: tasks, knowledge, configuration and figures of each day")
