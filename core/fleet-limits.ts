import { z } from 'zod'

/** `limits:` of breakroom.yaml. */
export const limitsSchema = z.strictObject({
  bot_turns: z
    .int()
    .min(0)
    .max(100)
    .default(6)
    .describe('Bot lines that may wake other bots, for each line of a person.'),
  bot_events_per_10_minutes: z
    .int()
    .min(0)
    .max(1000)
    .default(12)
    .describe('The same in one room in ten minutes, whoever began it.'),
  receipt_after_ms: z
    .int()
    .min(100)
    .max(60_000)
    .default(1500)
    .describe('How long a person waits for an answer before a receipt, in ms.'),
  line_chars: z
    .int()
    .min(500)
    .max(100_000)
    .default(40_000)
    .describe('The longest line that is kept whole, in characters.'),
  check_minutes: z
    .int()
    .min(1)
    .max(1440)
    .default(10)
    .describe('How long a check may take, in minutes. After that it is killed and counts as failed.'),
  task_lease_seconds: z
    .int()
    .min(2)
    .max(600)
    .default(40)
    .describe('How long a worker may be silent before its task is handed out again, in seconds.'),
  tasks_waiting: z
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('Tasks that may wait for one role. Further ones are refused; nobody has more than half of them alone.'),
  tasks_in_hand: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe("Tasks that one role may work on at the same time; the role's file may say another number (wip)."),
})
