import { setTimeout as pause } from 'node:timers/promises'
import { type Bridges, bare, ours } from './bridge.ts'
import { newTokens, sentence, tokenIn } from './exchange.ts'
import { type Figure, none } from './figure.ts'
import { type RawClient, rawClient } from './raw-client.ts'

const lines = 100
const spacingMs = 100
/** Silence after which what has not come is lost. */
const patienceMs = 15_000

/** 100 lines while the network they go to is killed for 10 s. */
export async function targetDown(bridges: Bridges): Promise<Figure[]> {
  await using _mine = await bridges.startOurs()
  await using _floor = await bridges.startFloor()
  const found = await sayThroughout(bridges, async () => {
    await pause(500)
    await bridges.to.kill()
    await pause(10_000)
    await bridges.to.restart()
  })
  return figures('target killed for 10 s', found)
}

/** 100 lines while the bridge is killed for 5 s. */
export async function bridgeKilled(bridges: Bridges): Promise<Figure[]> {
  const first = [await bridges.startOurs(), await bridges.startFloor()]
  const again: AsyncDisposable[] = []
  try {
    const found = await sayThroughout(bridges, async () => {
      await pause(2_000)
      await Promise.all(first.map((program) => program.kill('SIGKILL')))
      await pause(5_000)
      again.push(...(await Promise.all([bridges.startOurs(), bridges.startFloor()])))
    })
    return figures('bridge killed for 5 s', found)
  } finally {
    for (const program of [...first, ...again]) await program[Symbol.asyncDispose]()
  }
}

interface Outcome {
  lost: number
  doubled: number
}

async function sayThroughout(
  bridges: Bridges,
  outage: () => Promise<void>,
): Promise<{ mine: Outcome; floor: Outcome }> {
  using speaker = await rawClient(bridges.from.port, 'dora')
  await using hearer = await faithfulHearer(bridges.to.port)
  for (const channel of [ours, bare]) await speaker.join(channel)
  const tokens = newTokens(lines)
  const said = (async () => {
    for (const token of tokens) {
      for (const channel of [ours, bare]) speaker.say(channel, sentence(token))
      await pause(spacingMs)
    }
  })()
  await Promise.all([said, outage()])
  const outcome = (channel: string): Outcome => {
    const copies = tokens.map((token) => hearer.copies(channel, token))
    return { lost: copies.filter((n) => n === 0).length, doubled: copies.filter((n) => n > 1).length }
  }
  let count = -1
  for (let quiet = 0; quiet < patienceMs && outcome(ours).lost + outcome(bare).lost > 0; quiet += 100) {
    if (hearer.count !== count) quiet = 0
    count = hearer.count
    await pause(100)
  }
  await pause(500)
  return { mine: outcome(ours), floor: outcome(bare) }
}

/** Hears all that is ever said in both rooms: comes back after each outage and reads what was said meanwhile. */
async function faithfulHearer(port: number) {
  const messages = new Map<string, { channel: string; token: string }>()
  const ending = new AbortController()
  const arrive = async (): Promise<RawClient> => {
    const client = await rawClient(port, 'erin', 'message-tags server-time batch draft/chathistory')
    client.listen(({ target, text, id }) => {
      const token = tokenIn(text)
      if (token !== null && id !== null) messages.set(id, { channel: target, token })
    })
    for (const channel of [ours, bare]) {
      await client.join(channel)
      client.send(`CHATHISTORY LATEST ${channel} * 1000`)
    }
    return client
  }
  let client = await arrive()
  const staying = (async () => {
    while (!ending.signal.aborted) {
      if (client.closed) client = await arrive().catch(() => client)
      await pause(50)
    }
  })()
  return {
    get count() {
      return messages.size
    },
    copies: (channel: string, token: string) =>
      [...messages.values()].filter((one) => one.channel === channel && one.token === token).length,
    async [Symbol.asyncDispose]() {
      ending.abort()
      await staying
      client[Symbol.dispose]()
    },
  }
}

function figures(name: string, { mine, floor }: { mine: Outcome; floor: Outcome }): Figure[] {
  const row = (what: keyof Outcome) => ({ value: mine[what], floor: floor[what], unit: 'lines', target: none })
  return [
    { name: `${name}: lost of ${lines}`, ...row('lost') },
    { name: '  doubled', ...row('doubled') },
  ]
}
