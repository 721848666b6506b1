/** Where the embedded Redis listens and keeps its files. */
export interface RedisConfig {
  host: string
  port: number
  password: string
  /** The folder of its append-only file. */
  dataDir: string
}

/**
 * The text of a redis-server configuration file. What Redis holds can be derived again, so a second may be lost in a power cut,
 * but nothing is ever evicted: a queue that silently forgets is worse than one that refuses.
 */
export function renderRedisConfig({ host, port, password, dataDir }: RedisConfig): string {
  return `# Written by breakroom; changes are overwritten at the next start.
bind ${host}
port ${port}
requirepass ${password}
protected-mode yes
daemonize no
dir ${JSON.stringify(dataDir)}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
`
}
