import { didYouMean } from './did-you-mean.ts'
import type { Fleet, Platform, SlackPlatform } from './fleet.ts'
import { founder } from './role.ts'
import { foldNick } from './role-tree.ts'
import { desk } from './route.ts'

/** Something in breakroom.yaml that contradicts another place. `at` says whether the key or the value of `path` is to be changed. */
export interface FleetProblem {
  path: (string | number)[]
  at: 'key' | 'value'
  message: string
}

/** What is wrong with a fleet whose keys are each fine alone. `roleNames` are all roles that have a file. */
export function checkFleet(fleet: Fleet, roleNames: string[]): FleetProblem[] {
  return [
    ...checkPlatforms(fleet, roleNames),
    ...checkPeople(fleet),
    ...checkMembers(fleet),
    ...checkKnowledge(fleet),
    ...checkSweep(fleet, roleNames),
  ]
}

function checkPlatforms(fleet: Fleet, roleNames: string[]): FleetProblem[] {
  const problems: FleetProblem[] = []
  const say = (at: FleetProblem['at'], path: (string | number)[], message: string) =>
    problems.push({ at, path, message })
  const rooms = Object.keys(fleet.rooms)
  const names = new Set<string>()
  let embedded: string | null = null
  fleet.platforms.forEach((platform, index) => {
    const path = ['platforms', index]
    if (names.has(platform.name)) say('value', [...path, 'name'], `there are two platforms "${platform.name}"`)
    names.add(platform.name)
    if (platform.kind === 'irc' && platform.embedded) {
      if (embedded !== null) say('value', [...path, 'embedded'], `only one platform can be embedded; "${embedded}" is`)
      embedded ??= platform.name
    }
    const channels = new Map<string, string>()
    for (const [room, channel] of Object.entries(platform.rooms)) {
      const where = [...path, 'rooms', room]
      if (!rooms.includes(room)) say('key', where, `there is no room "${room}"${didYouMean(room, rooms)}`)
      const other = channels.get(foldNick(channel))
      if (other !== undefined) say('value', where, `the channel ${channel} shows the room "${other}" already`)
      channels.set(foldNick(channel), room)
    }
    const [key, named, known] = seatsNamedIn(platform, roleNames)
    for (const seat of named) {
      if (!known.includes(seat))
        say('key', [...path, key, seat], `there is no role "${seat}"${didYouMean(seat, known)}`)
    }
    if (platform.kind === 'slack') checkSlack(platform, (where, message) => say('value', [...path, ...where], message))
  })
  return problems
}

/** Where a platform has entries by role, which ones, and which there may be. */
function seatsNamedIn(platform: Platform, roleNames: string[]): [string, string[], string[]] {
  if (platform.kind === 'slack') return ['roles', Object.keys(platform.roles), roleNames]
  return ['accounts', platform.embedded ? [] : Object.keys(platform.accounts), [...roleNames, desk]]
}

/** Each way of being reached needs its own secret. */
function checkSlack({ mode, app, roles }: SlackPlatform, say: (path: string[], message: string) => void): void {
  const needed = mode === 'socket' ? 'app_token_env' : 'signing_secret_env'
  const lacks = (its: SlackPlatform['app']) => its[needed] === undefined
  if (lacks(app)) say(['app'], `in ${mode} mode an app needs "${needed}"`)
  for (const [role, its] of Object.entries(roles)) {
    if (lacks(its)) say(['roles', role], `in ${mode} mode an app needs "${needed}"`)
  }
}

function checkPeople(fleet: Fleet): FleetProblem[] {
  const problems: FleetProblem[] = []
  const owners = new Map<string, string>()
  const accounts = Object.entries(fleet.people).flatMap(([id, { irc, slack }]) => [
    ...Object.entries(irc).map((entry) => [id, 'irc', ...entry] as const),
    ...Object.entries(slack).map((entry) => [id, 'slack', ...entry] as const),
  ])
  for (const [id, kind, platform, account] of accounts) {
    const platforms = fleet.platforms.filter((its) => its.kind === kind).map(({ name }) => name)
    const path = ['people', id, kind, platform]
    if (!platforms.includes(platform)) {
      problems.push({
        path,
        at: 'key',
        message: `there is no platform "${platform}"${didYouMean(platform, platforms)}`,
      })
    }
    // Authority compares people, so one account can never be two of them.
    const key = `${platform} ${foldNick(account)}`
    const owner = owners.get(key)
    if (owner !== undefined) {
      problems.push({ path, at: 'value', message: `the account "${account}" belongs to "${owner}" already` })
    }
    owners.set(key, owner ?? id)
  }
  return problems
}

function checkMembers({ rooms, people }: Fleet): FleetProblem[] {
  const ids = Object.keys(people)
  return Object.entries(rooms).flatMap(([name, { members, visibility }]): FleetProblem[] => {
    if (members === undefined) return []
    const path = ['rooms', name, 'members']
    if (visibility === 'public') {
      return [{ path, at: 'key', message: 'only a private room has members; everybody reads a public one' }]
    }
    return members.flatMap((id, index) => (ids.includes(id) ? [] : [nobody([...path, index], id, ids)]))
  })
}

function checkKnowledge({ rooms, people, knowledge }: Fleet): FleetProblem[] {
  const names = Object.keys(rooms)
  const ids = Object.keys(people)
  const problems: FleetProblem[] = []
  knowledge.corpus.forEach(({ name, access = [] }, index) => {
    const path = ['knowledge', 'corpus', index]
    if (knowledge.corpus.findIndex((other) => other.name === name) !== index) {
      problems.push({ path: [...path, 'name'], at: 'value', message: `there are two corpora "${name}"` })
    }
    access.forEach((room, place) => {
      if (names.includes(room)) return
      const message = `there is no room "${room}"${didYouMean(room, names)}`
      problems.push({ path: [...path, 'access', place], at: 'value', message })
    })
  })
  knowledge.owners.forEach(({ person }, index) => {
    if (!ids.includes(person)) problems.push(nobody(['knowledge', 'owners', index, 'person'], person, ids))
  })
  return problems
}

function checkSweep({ rooms, sweep }: Fleet, roleNames: string[]): FleetProblem[] {
  // What waits for the founder has a patience of its own, too.
  const seats = [...roleNames, founder]
  const problems = Object.keys(sweep.roles).flatMap((role): FleetProblem[] => {
    if (seats.includes(role)) return []
    return [
      { path: ['sweep', 'roles', role], at: 'key', message: `there is no role "${role}"${didYouMean(role, seats)}` },
    ]
  })
  const { canary } = sweep
  if (canary === undefined || rooms[canary]?.visibility === 'public') return problems
  const names = Object.keys(rooms)
  const message = names.includes(canary)
    ? `the room "${canary}" is private; what flies through a room to be heard needs a public one`
    : `there is no room "${canary}"${didYouMean(canary, names)}`
  return [...problems, { path: ['sweep', 'canary'], at: 'value', message }]
}

function nobody(path: FleetProblem['path'], id: string, ids: string[]): FleetProblem {
  return { path, at: 'value', message: `there is nobody "${id}" under people${didYouMean(id, ids)}` }
}
