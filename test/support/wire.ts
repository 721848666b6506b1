import { connect, createServer, type Socket } from 'node:net'

/** A wire between us and the server at a port that a test can tear. */
export async function startWire(port: number) {
  const pairs = new Set<[Socket, Socket]>()
  let tries = 0
  let state: 'whole' | 'cut' | 'deaf' | 'frozen' = 'whole'
  let deafened: string | null = null
  const tcp = createServer((ours) => {
    tries++
    if (state !== 'whole') return void ours.destroy()
    const theirs = connect({ host: '127.0.0.1', port, noDelay: true })
    ours.setNoDelay(true)
    const pair: [Socket, Socket] = [ours, theirs]
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      ours.destroy()
      theirs.destroy()
    }
    let nick: string | null = null
    for (const socket of pair) socket.on('error', () => undefined).on('close', end)
    ours.on('data', (chunk) => {
      nick ??= /^NICK :?(\S+)/m.exec(String(chunk))?.[1] ?? null
      if (state !== 'frozen') theirs.write(chunk)
    })
    theirs.on('data', (chunk) => state === 'whole' && (deafened === null || nick !== deafened) && ours.write(chunk))
  })
  await new Promise<void>((done) => tcp.listen(0, '127.0.0.1', done))
  const tear = () => {
    for (const [ours, theirs] of pairs) {
      ours.destroy()
      theirs.destroy()
    }
  }
  return {
    port: (tcp.address() as { port: number }).port,
    /** Connections that we have asked for. */
    get tries() {
      return tries
    },
    cut() {
      state = 'cut'
      tear()
    },
    /** What we send arrives, what comes back does not: for all of us, or for the one who came with this nick. */
    deafen(nick: string | null = null) {
      if (nick === null) state = 'deaf'
      else deafened = nick
    },
    freeze() {
      state = 'frozen'
    },
    mend() {
      tear()
      state = 'whole'
      deafened = null
    },
    async [Symbol.asyncDispose]() {
      tear()
      await new Promise((done) => tcp.close(done))
    },
  }
}
