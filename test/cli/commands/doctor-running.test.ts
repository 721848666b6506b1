import { expect, test } from 'vitest'
import { judgeRedis } from '../../../cli/commands/doctor-running.ts'

test.each([
  ['ours', '7.0.15', 'noeviction', true, 'ok'],
  ['a named one', '8.6.3', 'noeviction', false, 'ok'],
  ['a named one', '8.6.2', 'noeviction', false, 'warning'],
  ['a named one', '8.6.3', 'allkeys-lru', false, 'failure'],
])('doctor calls %s of version %s that has the policy %s (ours: %s) %s', (_, version, policy, isOurs, state) => {
  const finding = judgeRedis({ version, policy }, isOurs)
  expect(finding).toMatchObject({ check: 'redis', state })
  expect(finding.fix === undefined).toBe(state === 'ok')
})
