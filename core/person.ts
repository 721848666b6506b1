import { oneLine } from './clean-text.ts'
import type { Person } from './fleet.ts'
import { subjectToken } from './subject.ts'

/** What a door knows of somebody who speaks. All but `login` comes from the platform. */
export interface Credentials {
  network: string
  nick: string
  /** What to call them, where the nick is no name. */
  name?: string
  /** The account the platform proved, or null. */
  account: string | null
  /** The id of the person that this nick session proved to be by `!login`, or null. */
  login: string | null
  /** A guest of a workspace, or somebody of another one: never more than a guest here, whoever they are. */
  outsider?: boolean
}

/** How one door takes people. */
export interface DoorRules {
  /** Case folding of the network's names. */
  fold(name: string): string
  /** What somebody without an entry counts as here: `member` at the embedded network on loopback, else what the room says. */
  unlinkedTier: 'guest' | 'member'
}

/** The `people` of the fleet, by id. */
export type PeopleDirectory = Readonly<
  Record<string, Pick<Person, 'name' | 'tier' | 'irc'> & Partial<Pick<Person, 'slack'>>>
>

export interface Identity {
  /** `human-<id>`; never a role's name, and for a stranger never a linked person's. */
  actor: string
  /** The id of the linked person, or null for a stranger. */
  personId: string | null
  /** To show, on one line. A stranger's is what they call themselves. */
  name: string
  tier: 'guest' | 'member' | 'founder'
}

/** People are `human-<id>`; roles cannot have such a name. */
export function isPerson(actor: string): boolean {
  return actor.startsWith('human-')
}

/** Whether an actor is a person with an entry under `people`: by the account, or by a login. Strangers are named otherwise. */
export function isLinked(actor: string): boolean {
  return isPerson(actor) && !/-(at|via)-/.test(actor)
}

/** What to call an actor: a person by the name that they have under `people`, anybody else as they are. */
export function shownName(actor: string, people: Readonly<Record<string, Pick<Person, 'name'>>>): string {
  const id = actor.replace(/^human-/, '')
  return (Object.hasOwn(people, id) ? people[id]?.name : undefined) ?? actor
}

/** What each person who is known may do, by actor. */
export function tiersOf(people: PeopleDirectory): Map<string, Person['tier']> {
  return new Map(Object.entries(people).map(([id, { tier }]) => [`human-${id}`, tier]))
}

/**
 * Who a speaker is: the person who logged in, else the person whose account it is, else a stranger named after the account or,
 * without one, the nick. A login counts before an account, because the person did it here and now.
 */
export function identify(
  { network, nick, name: called, account, login, outsider = false }: Credentials,
  people: PeopleDirectory,
  { fold, unlinkedTier }: DoorRules,
): Identity {
  // IRC writes "no account" as * or 0.
  const proven = account === null || ['', '*', '0'].includes(account) ? null : fold(account)
  const isTheirs = (linked: string | undefined) => linked !== undefined && proven !== null && fold(linked) === proven
  const linked = Object.entries(people)
  const found =
    linked.find(([id]) => id === login) ??
    linked.find(([, { irc, slack }]) => isTheirs(new Map(Object.entries({ ...irc, ...slack })).get(network)))
  if (found !== undefined) {
    const [personId, { name, tier }] = found
    return { actor: `human-${personId}`, personId, name, tier: outsider ? 'guest' : tier }
  }
  // Through the encoder, so that a look-alike or a name of 300 characters looks like nobody in a record.
  const stranger =
    proven === null ? `${subjectToken(fold(nick))}-via-${network}` : `${subjectToken(proven)}-at-${network}`
  return {
    actor: `human-${stranger}`,
    personId: null,
    name: oneLine(called ?? nick, 64) || 'somebody',
    tier: outsider ? 'guest' : unlinkedTier,
  }
}
