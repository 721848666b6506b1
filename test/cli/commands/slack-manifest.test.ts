import { expect, test } from 'vitest'
import { hubManifest, roleManifest } from '../../../adapters/slack/manifest.ts'
import { slackManifest } from '../../../cli/commands/slack-manifest.ts'
import type { SlackOptions } from '../../../cli/slack/app-plan.ts'
import { keptOutput } from '../../support/command-line.ts'
import { fleetFolder, fleetText } from '../../support/fleet-folder.ts'

const withSlack = `${fleetText}  - name: acme
    kind: slack
    app: { bot_token_env: ACME_BOT_TOKEN, app_token_env: ACME_APP_TOKEN }
    rooms: { breakroom: "#breakroom" }
`

function printed(options: SlackOptions, text = fleetText): unknown {
  using folder = fleetFolder({ 'breakroom.yaml': text })
  const kept = keptOutput()
  slackManifest({ folder: folder.path }, kept.output, options)
  expect(kept.talked()).toBe('')
  return JSON.parse(kept.printed())
}

test('the manifest is printed as JSON and nothing else, also before there is a workspace', () => {
  expect(printed({})).toEqual(hubManifest(null))
})

test("a role's app is called as its nick and says its mission, and is reached at an address of its own", () => {
  const cto = { nick: 'cto', mission: 'Does what it says.' }
  const http = 'https://room.example.com'
  expect(printed({ role: 'cto' }, withSlack)).toEqual(roleManifest(cto, null))
  const overHttp = withSlack
    .replace('kind: slack', 'kind: slack\n    mode: http')
    .replace('app_token_env', 'signing_secret_env')
  expect(printed({ role: 'cto', http }, overHttp)).toEqual(roleManifest(cto, `${http}/slack/acme/cto`))
})

test.each([
  [{ role: 'ctoo' }, withSlack, /There is no role "ctoo"; did you mean "cto"\?/],
  [{ http: 'http://room.example.com' }, withSlack, /--http takes an address that begins with https:/],
  [{ role: 'cto', http: 'https://room.example.com' }, withSlack, /acme is reached over sockets/],
])('%j is refused with a reason', (options, text, sentence) => {
  expect(() => printed(options, text)).toThrow(sentence)
})
