import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createDotEnv } from '../../cli/dot-env.ts'
import { temporaryFolder } from '../support/process.ts'

test('a file that is saved again is what counts from then on, and the environment still wins over it', () => {
  using folder = temporaryFolder()
  const save = (text: string) => writeFileSync(join(folder.path, '.env'), text)
  save('SLACK_BOT_TOKEN=old\nGONE=soon\nFIXED=file\n')
  const env: NodeJS.ProcessEnv = { SLACK_BOT_TOKEN: 'old', GONE: 'soon', FIXED: 'environment', HOME: '/home/ada' }
  const dotEnv = createDotEnv(folder.path, env)
  save('SLACK_BOT_TOKEN=new\nSLACK_CTO_BOT_TOKEN=first\nFIXED=file\nHOME=/nowhere\n')
  dotEnv.readAgain()
  const now = { SLACK_BOT_TOKEN: 'new', SLACK_CTO_BOT_TOKEN: 'first', FIXED: 'environment', HOME: '/home/ada' }
  expect(env).toEqual(now)
  save('SLACK_CTO_BOT_TOKEN=second\n')
  dotEnv.readAgain()
  expect(env).toEqual({ SLACK_CTO_BOT_TOKEN: 'second', FIXED: 'environment', HOME: '/home/ada' })
})

test('a folder without the file takes nothing, and one that gets it later takes that', () => {
  using folder = temporaryFolder()
  const env: NodeJS.ProcessEnv = { HOME: '/home/ada' }
  const dotEnv = createDotEnv(folder.path, env)
  dotEnv.readAgain()
  expect(env).toEqual({ HOME: '/home/ada' })
  writeFileSync(join(folder.path, '.env'), 'SLACK_BOT_TOKEN=first\n')
  dotEnv.readAgain()
  expect(env).toEqual({ HOME: '/home/ada', SLACK_BOT_TOKEN: 'first' })
})
