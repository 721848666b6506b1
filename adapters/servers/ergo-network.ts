import { randomBytes } from 'node:crypto'
import { BreakroomError } from '../../core/errors.ts'
import { keeper } from './ergo-config.ts'
import { type IrcExchange, logIn, openIrcExchange, takesLogin } from './irc-exchange.ts'

/** What belongs to the house on its own network. */
export interface ErgoNetwork {
  host: string
  port: number
  keeperPassword: string
  /** Account (which is also the nick) -> password. */
  accounts: Record<string, string>
  /** The account that the rooms belong to; one of `accounts`. */
  ear: string
  rooms: { channel: string; topic?: string | undefined }[]
}

/**
 * Makes the accounts and rooms of the house exist, so that nobody else can take their names; doing it again changes nothing.
 * Rejects with `config_invalid` when a name is somebody's account already, `unavailable` when the server does not answer.
 */
export async function setUpNetwork(network: ErgoNetwork): Promise<void> {
  await ensureAccounts(network)
  await ensureRooms(network)
}

/** True when the server takes the keeper's password: it is ours. */
export async function takesKeeper(host: string, port: number, password: string): Promise<boolean> {
  try {
    const irc = await openIrcExchange(host, port, 800)
    try {
      return await becomeKeeper(irc, `keeper-${randomBytes(4).toString('hex')}`, password)
    } finally {
      irc.close()
    }
  } catch {
    return false
  }
}

async function ensureAccounts({ host, port, accounts, keeperPassword }: ErgoNetwork): Promise<void> {
  const refused = async (names: string[]) => {
    const taken = await Promise.all(names.map((name) => takesLogin(host, port, name, accounts[name] ?? '')))
    return names.filter((_, index) => !taken[index])
  }
  const missing = await refused(Object.keys(accounts))
  if (missing.length === 0) return
  const irc = await openIrcExchange(host, port)
  try {
    await becomeKeeper(irc, `keeper-${randomBytes(4).toString('hex')}`, keeperPassword)
    // Whoever uses such a nick without an account is renamed by the server.
    await irc.ask(missing.map((name) => `NS SAREGISTER ${name} ${accounts[name]}`))
    const foreign = await refused(missing)
    if (foreign.length > 0) throw belongsToSomebody(foreign)
  } finally {
    irc.close()
  }
}

async function ensureRooms({ host, port, accounts, ear, rooms, keeperPassword }: ErgoNetwork): Promise<void> {
  const irc = await openIrcExchange(host, port)
  try {
    await logIn(irc, ear, accounts[ear] ?? '')
    await irc.ask([`NICK ${ear}`, 'USER breakroom 0 * :breakroom', 'CAP END'])
    const registered = await irc.ask(rooms.map(({ channel }) => `CS INFO ${channel}`))
    const ours = registered.filter((line) => line.endsWith(`: ${ear}`)).length
    if (ours < rooms.length) {
      await irc.ask([`OPER ${keeper} ${keeperPassword}`])
      for (const { channel } of rooms) {
        await irc.ask([`JOIN ${channel}`, `SAMODE ${channel} +o ${ear}`, `CS REGISTER ${channel}`])
      }
    }
    for (const { channel, topic } of rooms) if (topic) await ensureTopic(irc, channel, topic)
  } finally {
    irc.close()
  }
}

/** People may change a topic, and theirs is kept. */
async function ensureTopic(irc: IrcExchange, channel: string, topic: string): Promise<void> {
  const listed = await irc.ask([`LIST ${channel}`])
  if (listed.some((line) => / 322 \S+ \S+ \d+ :./.test(line))) return
  await irc.ask([`JOIN ${channel}`, `TOPIC ${channel} :${topic.replaceAll(/[\r\n\0]+/g, ' ')}`])
}

async function becomeKeeper(irc: IrcExchange, nick: string, password: string): Promise<boolean> {
  const heard = await irc.ask([`NICK ${nick}`, 'USER keeper 0 * :keeper', `OPER ${keeper} ${password}`])
  return heard.some((line) => /^\S+ 381 /.test(line))
}

function belongsToSomebody(names: string[]): BreakroomError {
  const [who, verb] = [names.join(', '), names.length === 1 ? 'is an account' : 'are accounts']
  const fix = 'Give the role another nick, or let the owner remove the account: /msg NickServ UNREGISTER'
  return new BreakroomError('config_invalid', `On our own IRC network, ${who} ${verb} of somebody else. ${fix}`, {
    detail: { accounts: names },
  })
}
