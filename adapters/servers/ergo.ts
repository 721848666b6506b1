import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import { type ChildServer, startChildServer } from './child-server.ts'
import { renderErgoConfig, renderWelcome } from './ergo-config.ts'
import { setUpNetwork, takesKeeper } from './ergo-network.ts'
import { keepText, readJson } from './kept-files.ts'
import { requireServer } from './versions.ts'

/** The account of the house itself: its ear in every room. */
const earAccount = 'breakroom'
/** Nicks that nobody may take although no bot uses them all the time. */
const reserved = [earAccount, 'founder']

/** The embedded IRC network, ready to be joined. */
export interface ErgoServer extends ChildServer {
  /** Account (which is also the nick) -> password, for every role and the house itself. */
  readonly accounts: Readonly<Record<string, string>>
}

/** Whose network it is. */
export interface ErgoMembers {
  /** Shown as the network's name; one word. */
  org: string
  /** Nicks of the roles. */
  nicks: string[]
  rooms: { channel: string; topic?: string | undefined }[]
}

export interface ErgoOptions extends ErgoMembers {
  home: string
  env: NodeJS.ProcessEnv
  clone: string
  /** 0 means any free one. */
  port?: number
}

/**
 * Starts, or adopts, an Ergo for this home, with an account for every role and the rooms in the house's hands. Rejects as
 * `startChildServer`, `requireServer` and `setUpNetwork` do.
 */
export async function startErgo(options: ErgoOptions): Promise<ErgoServer> {
  const { home, env, clone, port = 6667 } = options
  const host = '127.0.0.1'
  const found = await requireServer('ergochat', env, clone)
  const password = keeperSecret(home, found.program).password
  const server = await startChildServer({
    env,
    home,
    name: 'ergo',
    server: found,
    host,
    port: port === 0 ? 'any' : port,
    portVariable: 'BREAKROOM_IRC_PORT',
    prepare(chosen) {
      const { file, text } = writeErgoConfig(home, options, { listen: `${host}:${chosen}`, program: found.program })
      return { args: ['run', '--conf', file], fingerprint: text }
    },
    answers: (chosen) => takesKeeper(host, chosen, password),
  })
  try {
    await setUpErgo(home, options, { host, port: server.port })
  } catch (error) {
    await server.stop()
    throw error
  }
  return { ...server, accounts: ircAccounts(home, options.nicks) }
}

/**
 * Gives a running Ergo that was configured by `writeErgoConfig` the accounts and rooms of the house, wherever it runs. Rejects as
 * `setUpNetwork` does.
 */
export async function setUpErgo(
  home: string,
  { nicks, rooms }: ErgoMembers,
  where: { host: string; port: number },
): Promise<void> {
  const keeper = readJson<KeeperSecret>(keeperFile(home))
  if (keeper === null) {
    const fix = 'Write them first: breakroom run init'
    throw new BreakroomError('config_invalid', `There are no keys of an IRC network in ${home}. ${fix}`, {
      detail: { home },
    })
  }
  await setUpNetwork({
    ...where,
    keeperPassword: keeper.password,
    accounts: ircAccounts(home, nicks),
    ear: earAccount,
    rooms,
  })
}

/** Writes `ergo/ergo.yaml` of a home. `folder` is the home as the server sees it, `program` makes the keeper's hash. */
export function writeErgoConfig(
  home: string,
  { org, rooms }: ErgoMembers,
  { listen, program, folder = home }: { listen: string; program: string; folder?: string },
): { file: string; text: string } {
  const file = join(home, 'ergo/ergo.yaml')
  mkdirSync(join(home, 'ergo'), { recursive: true, mode: 0o700 })
  const keeperHash = keeperSecret(home, program).hash
  const text = renderErgoConfig({ listen, network: org, folder: join(folder, 'ergo'), keeperHash })
  keepText(
    join(home, 'ergo/welcome.txt'),
    renderWelcome(
      org,
      rooms.map(({ channel }) => channel),
    ),
  )
  keepText(file, text)
  return { file, text }
}

/** The passwords of the house's accounts on its own network, by account; made once and kept in `keys/irc-accounts.json`. */
export function ircAccounts(home: string, nicks: string[]): Record<string, string> {
  const file = join(home, 'keys/irc-accounts.json')
  const all = new Map(Object.entries(readJson<Record<string, string>>(file) ?? {}))
  const passwordOf = (name: string) => {
    const password = all.get(name) ?? newPassword()
    all.set(name, password)
    return [name, password] as const
  }
  const wanted = Object.fromEntries([...reserved, ...nicks].map(passwordOf))
  keepText(file, JSON.stringify(Object.fromEntries(all), null, 2))
  return wanted
}

function keeperSecret(home: string, program: string): KeeperSecret {
  const kept = readJson<KeeperSecret>(keeperFile(home))
  if (kept !== null) return kept
  const password = newPassword()
  const hash = execFileSync(program, ['genpasswd'], { input: `${password}\n`, encoding: 'utf8', timeout: 5_000 }).trim()
  keepText(keeperFile(home), JSON.stringify({ password, hash }))
  return { password, hash }
}

function keeperFile(home: string): string {
  return join(home, 'keys/irc-keeper.json')
}

interface KeeperSecret {
  password: string
  hash: string
}

function newPassword(): string {
  return randomBytes(24).toString('base64url')
}
