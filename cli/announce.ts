import { type Configuration, homeRoomOf } from './configuration.ts'
import { askHouse } from './house-bus.ts'
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
  await askHouse(settings, 'desk', 'announce', { id, room, text })
}
