import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPrometheusMetrics } from '../../adapters/prometheus/metrics.ts'
import { type Gateway, startGateway } from '../../gateway/main.ts'
import type { RunningPart } from '../../ports/part.ts'

let gateway: Gateway
let troubles: string[]
let running: RunningPart[]
const metrics = createPrometheusMetrics()

beforeEach(async () => {
  troubles = []
  const bridge: RunningPart = { name: 'bridge', ready: async () => {}, troubles: () => troubles, stop: async () => {} }
  running = [bridge]
  gateway = await startGateway({ host: '127.0.0.1', port: 0, metrics, parts: () => running })
})
afterEach(() => gateway.stop())

function ask(path: string, { host = `127.0.0.1:${gateway.port}`, method = 'GET' } = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const options = { host: '127.0.0.1', port: gateway.port, path, method, headers: { host } }
    request(options, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })
}

describe('health', () => {
  it('is ok while no part has a trouble', async () => {
    const { status, body } = await ask('/healthz')
    expect([status, JSON.parse(body)]).toEqual([200, { state: 'ok', parts: { bridge: [] } }])
  })

  it('says what is degraded, and stays 200 because the process is alive', async () => {
    troubles = ['the bus is away']
    const { status, body } = await ask('/healthz')
    expect([status, JSON.parse(body)]).toEqual([200, { state: 'degraded', parts: { bridge: ['the bus is away'] } }])
  })
})

it('is degraded when no part runs', async () => {
  running = []
  expect(JSON.parse((await ask('/healthz')).body)).toEqual({ state: 'degraded', parts: {} })
})

it('shows what was counted in the text format of Prometheus', async () => {
  metrics.count('breakroom_heard_total', { network: 'local' }, 3)
  metrics.gauge('breakroom_spool_depth', 7)
  const { body } = await ask('/metrics')
  expect(body).toContain('breakroom_heard_total{network="local"} 3')
  expect(body).toContain('breakroom_spool_depth 7')
})

describe('S27: strangers', () => {
  it('are refused when they come through a name that is not of this machine', async () => {
    for (const host of ['evil.example', `evil.example:${gateway.port}`]) {
      expect((await ask('/healthz', { host })).status).not.toBe(200)
    }
    expect((await ask('/healthz', { host: `localhost:${gateway.port}` })).status).toBe(200)
  })

  it('cannot write', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await ask('/healthz', { method })).status).toBe(405)
  })

  it('learn nothing from a path that does not exist', async () => {
    expect(await ask('/../package.json')).toEqual({ status: 404, body: 'Not found. See /healthz and /metrics.\n' })
  })
})

it('refuses a taken port with one sentence and the fix', async () => {
  const again = startGateway({ host: '127.0.0.1', port: gateway.port, metrics, parts: () => [] })
  await expect(again).rejects.toMatchObject({
    code: 'port_busy',
    message: expect.stringMatching(
      new RegExp(`is taken by another program \\(.+, pid ${process.pid}\\); .*BREAKROOM_HTTP_PORT=\\d+ npm start$`),
    ),
  })
})
