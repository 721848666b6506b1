import { describe, expect, it } from 'vitest'
import { renderServerConfig } from '../../../adapters/nats/server-config.ts'

const base = { host: '127.0.0.1', port: 4222, storeDir: '/data/store', pidFile: '/data/nats.pid', users: [] }

describe('the server configuration', () => {
  it('says when a message is on the disk', () => {
    expect(renderServerConfig({ ...base, syncInterval: 'always' })).toContain('sync_interval: "always"')
    expect(renderServerConfig({ ...base, syncInterval: '2m' })).toContain('sync_interval: "2m"')
  })

  it('denies everything to a user without rights: an empty allow list would allow everything', () => {
    const users = [{ name: 'nobody', nkeyPublic: 'UAAA', permissions: { publish: [], subscribe: ['_INBOX_nobody.>'] } }]
    const text = renderServerConfig({ ...base, syncInterval: '2m', users })
    expect(text).toContain('publish: { deny: [">"] }')
    expect(text).toContain('subscribe: { allow: ["_INBOX_nobody.>"] }')
  })

  it('lets no name or path end its line or its string', () => {
    const users = [{ name: 'x\n} evil', nkeyPublic: 'UAAA', permissions: { publish: ['a"] }'], subscribe: [] } }]
    const text = renderServerConfig({ ...base, syncInterval: '2m', storeDir: '/with "quotes"\n', users })
    expect(text).toContain('# x???evil\n')
    expect(text).toContain('"a\\"] }"')
    expect(text).toContain('store_dir: "/with \\"quotes\\"\\n"')
  })

  it('limits the disk only when told to', () => {
    expect(renderServerConfig({ ...base, syncInterval: '2m' })).not.toContain('max_file_store')
    expect(renderServerConfig({ ...base, syncInterval: '2m', maxFileStore: 1000 })).toContain('max_file_store: 1000')
  })
})
