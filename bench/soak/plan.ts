import type { Random } from './random.ts'

/** Seats whose work a program does; each reviews what others did. */
export const programRoles = ['backend', 'fullstack', 'devops', 'cso'] as const
/** The seat whose work people do. */
export const peopleRole = 'cto'
export const speakers = ['ann', 'ben', 'cat', 'dan'] as const
export type Speaker = (typeof speakers)[number]

/** What somebody wants to have done. */
export interface Wish {
  number: number
  speaker: Speaker
  role: string
  /** What the title says beside its number; the programs read it. */
  trouble: 'stumbles' | 'slips' | 'takes long' | null
  /** Who looks at it after the check; null for what people or the cso do. */
  reviewer: string | null
  /** Who tries it before that. */
  tester: string | null
  /** Has deadlines, which nobody is to miss. */
  due: boolean
  /** Sent back by the reviewer once. */
  sentBack: boolean
  /** Waits for an older task. */
  waits: boolean
  /** Another task follows when it is done. */
  chained: boolean
}

/** Everything that is wanted, in the order in which it is said. */
export function planWishes(random: Random, count: number): Wish[] {
  return Array.from({ length: count }, (_, index) => {
    const byPeople = random.chance(0.1)
    const role = byPeople ? peopleRole : random.pick(programRoles)
    const reviewer = byPeople ? null : pickOther(random, [role])
    const tester = reviewer !== null && random.chance(0.1) ? pickOther(random, [role, reviewer]) : null
    const trouble = byPeople
      ? null
      : random.chance(0.1)
        ? 'stumbles'
        : random.chance(0.1)
          ? 'slips'
          : random.chance(0.01)
            ? 'takes long'
            : null
    return {
      number: index + 1,
      speaker: random.pick(speakers),
      role,
      trouble,
      reviewer,
      tester,
      due: random.chance(0.3),
      sentBack: reviewer !== null && random.chance(0.1),
      waits: random.chance(0.1),
      chained: random.chance(0.1),
    }
  })
}

/** A program's seat that is none of those. */
function pickOther(random: Random, not: readonly string[]): string {
  const [first = 'cso', ...others] = programRoles.filter((role) => !not.includes(role))
  return random.pick<string>([first, ...others])
}

/** The title of a wish as it is said for the `turn`-th time; each line has one of its own. */
export function titleOf({ number, trouble, sentBack }: Wish, turn: number): string {
  const words = [`Soak ${number}`, ...(trouble === null ? [] : [trouble]), ...(sentBack ? ['comes back'] : [])]
  return [...words, ...(turn === 0 ? [] : [`said again ${turn}`])].join(' ')
}

/** The line that asks for it. `after` is a task that has to be done first. */
export function lineOf(wish: Wish, turn: number, after: string | null): string {
  const parts = [
    `!assign ${wish.role} "${titleOf(wish, turn)}" accept: it is there`,
    `verify: ${['`verified`', ...(wish.tester === null ? [] : [`qa by ${wish.tester}`]), ...(wish.reviewer === null ? [] : [`review by ${wish.reviewer}`])].join(', ')}`,
    ...(wish.due ? ['ack: 5m; due: 5h'] : []),
    ...(after === null ? [] : [`after: ${after}`]),
    wish.chained ? 'then: fullstack "Follow {task_id}" (accept: it followed; verify: `verified`)' : 'then: nothing',
  ]
  return parts.join('; ')
}

/** The title that an `!assign` line gives, or null. */
export function titleIn(text: string): string | null {
  return /^!assign \S+ "([^"]+)"/.exec(text)?.[1] ?? null
}

/**
 * What a seat's program does: says in `effects` when it begins and ends and under which epoch, and stumbles where the title says so.
 * `slips` is left for the check.
 */
export const workProgram = [
  'sh',
  '-c',
  `order=$(cat)
  id="$BREAKROOM_KIND $BREAKROOM_TASK $BREAKROOM_EPOCH"
  once="$BREAKROOM_KIND-$BREAKROOM_TASK"
  echo "begin $id" >> effects
  case "$order" in *"takes long"*) sleep 3 ;; esac
  case "$BREAKROOM_KIND $order" in
    "work "*stumbles*) if mkdir "stumbled-$once" 2> /dev/null; then echo "it stumbled"; exit 3; fi ;;
    "work "*slips*) mkdir "slips-$BREAKROOM_TASK" 2> /dev/null ;;
    "review "*"comes back"*) if mkdir "refused-$once" 2> /dev/null; then echo "not yet"; exit 1; fi ;;
  esac
  echo "end $id" >> effects
  echo "made under epoch $BREAKROOM_EPOCH"`,
] as const

/** The check: says no once where the work has slipped. */
export const checkProgram = [
  'sh',
  '-c',
  `echo "check check $BREAKROOM_TASK 0" >> effects
  if [ -d "slips-$BREAKROOM_TASK" ] && mkdir "slipped-$BREAKROOM_TASK" 2> /dev/null; then echo "it slipped"; exit 1; fi
  echo "seen"`,
] as const

/** A line that a program wrote. */
export interface Effect {
  what: 'begin' | 'end' | 'check'
  kind: string
  label: string
  epoch: number
}

/** What the programs of one workspace wrote, oldest first. */
export function readEffects(text: string): Effect[] {
  return text.split('\n').flatMap((line) => {
    const [, what, kind = '', label = '', epoch] = /^(begin|end|check) (\S+) (t-\d+) (\d+)$/.exec(line) ?? []
    return what === undefined ? [] : [{ what: what as Effect['what'], kind, label, epoch: Number(epoch) }]
  })
}
