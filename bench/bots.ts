import { setTimeout as pause } from 'node:timers/promises'
import { startErgo } from '../test/support/ergo.ts'
import { atMost, type Figure, type Size } from './figure.ts'
import { residentMb } from './memory.ts'
import { startProgram, stopProgram } from './program.ts'
import { median } from './quantile.ts'
import { rawClient } from './raw-client.ts'

const count = 1_000
const channel = '#breakroom'

/** A thousand bots in one process and one channel, beside a thousand bare sockets. */
export async function bots(size: Size): Promise<Figure[]> {
  const mine: Crew[] = []
  const floor: Crew[] = []
  for (let round = 0; round < (size === 'short' ? 1 : 3); round++) {
    floor.push(await bring('floor/sockets.ts', 'bare-'))
    mine.push(await bring('bots-process.ts', 'bot-'))
  }
  const middle = (crews: Crew[], what: keyof Crew) => median(crews.map((crew) => crew[what]))
  const row = (what: keyof Crew) => ({ value: middle(mine, what), floor: middle(floor, what) })
  return [
    { name: '1,000 bots: program started to all joined', ...row('seconds'), unit: 's', target: atMost(8) },
    { name: '  memory then', ...row('mb'), unit: 'MB', target: atMost(350) },
    { name: '  seen in the room', ...row('seen'), unit: 'bots', target: { of: 'value', is: 'at least', limit: count } },
  ]
}

interface Crew {
  seconds: number
  mb: number
  seen: number
}

async function bring(program: string, prefix: string): Promise<Crew> {
  await using irc = await startErgo()
  await using running = await startProgram(program, [`${irc.port}`, `${count}`, channel])
  const mb = residentMb(running.pid)
  using person = await rawClient(irc.port, 'alice')
  await person.join(channel)
  const names = await person.names(channel)
  // What the arrival made is still being collected; both get the same moment for it.
  await pause(2_000)
  const crew = {
    seconds: running.startedInMs / 1_000,
    mb: Math.max(mb, residentMb(running.pid)),
    seen: names.filter((name) => name.startsWith(prefix)).length,
  }
  await stopProgram(running)
  return crew
}
