import type { Permissions } from './permissions.ts'

/** One user of the server, known by the public half of its key: the file holds no secret. */
export interface ServerUser {
  name: string
  /** The public nkey (`U...`). */
  nkeyPublic: string
  permissions: Permissions
}

export interface ServerConfig {
  host: string
  port: number
  storeDir: string
  pidFile: string
  users: ServerUser[]
  /**
   * When an acknowledged message is on the disk and not only in the kernel: `always` survives a power cut, `2m` (what NATS
   * does by default) survives the death of the process.
   */
  syncInterval: 'always' | '2m'
  /** Bytes that all streams together may take. The server's own default is three quarters of the free disk. */
  maxFileStore?: number
}

/** The text of a nats-server configuration file: one account, one user per part and role, everything not allowed is denied. */
export function renderServerConfig(config: ServerConfig): string {
  const store = config.maxFileStore === undefined ? '' : `\n  max_file_store: ${config.maxFileStore}`
  return `# Written by breakroom; changes are overwritten at the next start.
host: ${quote(config.host)}
port: ${config.port}
pid_file: ${quote(config.pidFile)}
jetstream {
  store_dir: ${quote(config.storeDir)}
  sync_interval: ${quote(config.syncInterval)}${store}
}
accounts {
  breakroom {
    jetstream: enabled
    users: [
${config.users.map(renderUser).join('\n')}
    ]
  }
}
`
}

function renderUser(user: ServerUser): string {
  return `      # ${user.name.replaceAll(/[^\w-]/g, '?')}
      {
        nkey: ${user.nkeyPublic}
        permissions {
          publish: ${renderList(user.permissions.publish)}
          subscribe: ${renderList(user.permissions.subscribe)}
        }
      }`
}

/** An empty allow list would mean "everything" to the server. */
function renderList(allow: string[]): string {
  if (allow.length === 0) return '{ deny: [">"] }'
  return `{ allow: [${allow.map(quote).join(', ')}] }`
}

function quote(text: string): string {
  return JSON.stringify(text)
}
