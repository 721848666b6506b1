import { orgSubjects } from '../core/subject.ts'
import { type Configuration, homeRoomOf } from './configuration.ts'
import { openHouseBus } from './house-bus.ts'
import type { Settings } from './settings.ts'

/** Has the house say something in its first public room; the same `id` is said once. */
export async function announce(
  settings: Settings,
  configuration: Configuration,
  id: string,
  text: string,
): Promise<void> {
  const room = homeRoomOf(configuration)
  if (room === null) return
  await using bus = openHouseBus(settings)
  await bus.request(orgSubjects(configuration.fleet.org).service('desk', 'announce'), { id, room, text }, 3_000)
}
