import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cloneFolder } from '../../support/process.ts'

const program = `
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({
    resolve(name, context, next) {
      if (/^(?:ai|@ai-sdk)(?:$|\\/)/.test(name)) loaded.push(name)
      return next(name, context)
    },
  })
  const { createWriter } = await import('./adapters/models/writer.ts')
  await import('./adapters/models/embedder.ts')
  await import('./adapters/models/reranker.ts')
  const settings = { provider: 'openai-compatible', model: 'm', base_url: 'http://127.0.0.1:9' }
  const quiet = { info() {}, warn() {}, error() {}, count() {}, gauge() {} }
  const clock = { now: () => new Date(), monotonic: () => performance.now() }
  const writer = createWriter(settings, undefined, { clock, sleep: async () => {}, random: Math.random, log: quiet, metrics: quiet })
  const before = loaded.length
  const { z } = await import('zod')
  const task = { instructions: '', data: '{}', shape: z.strictObject({}), name: 'nothing' }
  const code = await writer.write(task, { timeoutMs: 5000 }).catch((error) => error.code)
  console.log(JSON.stringify({ before, after: loaded.includes('ai'), code }))
`

test('the packages of the AI SDK are loaded with the first request, not before', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: cloneFolder,
  })
  expect(JSON.parse(stdout)).toEqual({ before: 0, after: true, code: 'unavailable' })
})
