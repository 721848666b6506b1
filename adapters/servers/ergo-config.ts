import { stringify } from 'yaml'

/** The operator that sets the network up; nobody else ever uses it. */
export const keeper = 'keeper'

/** Where the embedded Ergo listens, and whose network it is. */
export interface ErgoConfig {
  /** `host:port` to listen on; nothing else is opened. */
  listen: string
  /** The network's name as clients show it. */
  network: string
  /** Its folder, for the database, the lock and the words of welcome. */
  folder: string
  /** Hash of the keeper's password, as of `ergochat genpasswd`. */
  keeperHash: string
}

/**
 * The text of Ergo's configuration: a network for one machine or one private network. Nicks belong to accounts, so nobody can
 * take a role's; history is kept for catching up; no pace limits, because those who could flood are already inside.
 */
export function renderErgoConfig({ listen, network, folder, keeperHash }: ErgoConfig): string {
  const wholeNetwork = { 'cidr-len-ipv4': 32, 'cidr-len-ipv6': 64 }
  const config = {
    network: { name: network },
    server: {
      name: 'irc.breakroom.internal',
      listeners: { [listen]: {} },
      casemapping: 'ascii',
      'enforce-utf8': true,
      // Addresses stay visible: that is how a person on this machine is told from one elsewhere.
      'ip-cloaking': { enabled: false, netname: 'breakroom', 'num-bits': 64, ...wholeNetwork },
      'lookup-hostnames': false,
      'check-ident': false,
      'coerce-ident': '~u',
      motd: `${folder}/welcome.txt`,
      'idle-timeouts': { registration: '60s', ping: '1m30s', disconnect: '2m30s' },
      relaymsg: { enabled: false },
      // What a connection may have waiting: a catch-up of a full history, times the bots that read it at once.
      'max-sendq': '4m',
      compatibility: { 'force-trailing': true, 'send-unprefixed-sasl': true, 'allow-truncation': false },
      'ip-limits': { count: false, throttle: false, window: '10m', ...wholeNetwork },
    },
    accounts: {
      'authentication-enabled': true,
      registration: {
        enabled: true,
        'allow-before-connect': true,
        throttling: { enabled: true, duration: '10m', 'max-attempts': 30 },
        'bcrypt-cost': 4,
      },
      'login-throttling': { enabled: true, duration: '1m', 'max-attempts': 3 },
      'login-via-pass-command': true,
      'nick-reservation': {
        enabled: true,
        method: 'strict',
        'allow-custom-enforcement': false,
        'additional-nick-limit': 0,
        'force-nick-equals-account': true,
        'guest-nickname-format': 'Guest-*',
      },
      multiclient: { enabled: true, 'allowed-by-default': true, 'always-on': 'opt-in', 'auto-away': 'opt-in' },
      'default-user-modes': '+i',
    },
    channels: {
      'default-modes': '+ntC',
      'max-channels-per-client': 1000,
      registration: { enabled: true, 'operator-only': true, 'max-channels-per-account': 1000 },
    },
    'oper-classes': { [keeper]: { title: 'Keeper', capabilities: ['accreg', 'chanreg', 'samode'] } },
    opers: { [keeper]: { class: keeper, hidden: true, 'whois-line': 'keeps this network', password: keeperHash } },
    logging: [{ method: 'stderr', type: 'server opers services', level: 'info' }],
    'lock-file': `${folder}/ergo.lock`,
    datastore: { path: `${folder}/ergo.db`, autoupgrade: true },
    languages: { enabled: false },
    limits: {
      nicklen: 32,
      identlen: 20,
      realnamelen: 150,
      channellen: 64,
      awaylen: 390,
      kicklen: 390,
      topiclen: 390,
      'monitor-entries': 1000,
      'whowas-entries': 100,
      'chan-list-modes': 100,
      'registration-messages': 1024,
      multiline: { 'max-bytes': 4096, 'max-lines': 100 },
    },
    fakelag: { enabled: false },
    roleplay: { enabled: false },
    history: {
      enabled: true,
      'channel-length': 5000,
      'client-length': 1000,
      'autoresize-window': '7d',
      'autoreplay-on-join': 0,
      'chathistory-maxmessages': 1000,
      restrictions: { 'expire-time': '7d', 'query-cutoff': 'none' },
    },
    'allow-environment-overrides': false,
  }
  return `# Written by breakroom; changes are overwritten at the next start.\n${stringify(config)}`
}

/** What a person reads on arrival. */
export function renderWelcome(network: string, channels: string[]): string {
  return `This is the network of ${network}. Rooms: ${channels.join(', ')}\nIn a room, say !help\n`
}
