import { didYouMean } from './did-you-mean.ts'
import type { Fleet } from './fleet.ts'
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
  return [...checkPlatforms(fleet, roleNames), ...checkPeople(fleet)]
}

function checkPlatforms(fleet: Fleet, roleNames: string[]): FleetProblem[] {
  const problems: FleetProblem[] = []
  const say = (at: FleetProblem['at'], path: (string | number)[], message: string) =>
    problems.push({ at, path, message })
  const rooms = Object.keys(fleet.rooms)
  const seats = [...roleNames, desk]
  const names = new Set<string>()
  let embedded: string | null = null
  fleet.platforms.forEach((platform, index) => {
    const path = ['platforms', index]
    if (names.has(platform.name)) say('value', [...path, 'name'], `there are two platforms "${platform.name}"`)
    names.add(platform.name)
    if (platform.embedded) {
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
    for (const seat of platform.embedded ? [] : Object.keys(platform.accounts)) {
      if (!seats.includes(seat)) {
        say('key', [...path, 'accounts', seat], `there is no role "${seat}"${didYouMean(seat, seats)}`)
      }
    }
  })
  return problems
}

function checkPeople(fleet: Fleet): FleetProblem[] {
  const problems: FleetProblem[] = []
  const platforms = fleet.platforms.map(({ name }) => name)
  const owners = new Map<string, string>()
  for (const [id, person] of Object.entries(fleet.people)) {
    for (const [platform, account] of Object.entries(person.irc)) {
      const path = ['people', id, 'irc', platform]
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
  }
  return problems
}
