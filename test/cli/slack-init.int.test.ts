import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { fleetFolder, roleText } from '../support/fleet-folder.ts'
import { freePort } from '../support/process.ts'
import type { AppSpec } from '../support/slack/app.ts'
import { type FakeSlack, startFakeSlack } from '../support/slack/fake-slack.ts'
import { type SlackInit, startSlackInit } from '../support/slack-init.ts'

const fleetText = `# The fleet, as somebody wrote it.
rooms:
  breakroom: {}
platforms:
  - name: local # stays
    kind: irc
    embedded: true
    rooms: { breakroom: "#breakroom" }
  # more to come

# Whom we know.
people:
  ada: { name: Ada, tier: founder }
`

function folderOf(text = fleetText) {
  return fleetFolder({ 'breakroom.yaml': text, 'roles/ceo.yaml': roleText('ceo') })
}

/** A workspace with the channel, a person, and apps as if somebody had made them by hand. */
async function workspace(hub: Partial<AppSpec> = {}) {
  const slack = await startFakeSlack()
  return {
    slack,
    hub: slack.app({ name: 'breakroom', ...hub }),
    ada: slack.user({ name: 'ada', email: 'ada@acme.example' }),
    channel: slack.channel('breakroom'),
    [Symbol.asyncDispose]: () => slack[Symbol.asyncDispose](),
  }
}

const envOf = (folder: string) => readFileSync(join(folder, '.env'), 'utf8')
const yamlOf = (folder: string) => readFileSync(join(folder, 'breakroom.yaml'), 'utf8')

/** Answers with what is good from the first question to the last. */
async function answerAll(init: SlackInit, tokens: { botToken: string; appToken: string }, email = ''): Promise<void> {
  await init.when(/1\. A short name/, '')
  await init.when(/2\. An app configuration token/, '')
  await init.when(/3\. The bot token/, tokens.botToken)
  await init.when(/4\. An app-level token/, tokens.appToken)
  await init.when(/5\. The e-mail address/, email)
}

describe('in a new workspace', () => {
  test('five answers make a fleet that starts: the app, both tokens, the channel and the founder', async () => {
    await using slack = await startFakeSlack()
    const ada = slack.user({ name: 'ada', email: 'ada@acme.example' })
    const channel = slack.channel('breakroom')
    using folder = folderOf()
    await using init = startSlackInit(folder.path, slack.url)

    await init.when(/1\. A short name.*\[slack\]/, '')
    await init.when(/2\. An app configuration token/, slack.configurationToken)
    await init.when(/Made the app/)
    const appId = /SLACK_APP_ID=(\w+)/.exec(envOf(folder.path))?.[1] ?? ''
    const app = slack.install(appId)
    await init.when(/3\. The bot token/, app.botToken)
    await init.when(/4\. An app-level token/, app.appToken)
    await init.when(/5\. The e-mail address/, 'ada@acme.example')
    expect(await init.exited).toBe(0)

    expect(init.stdout).toContain('Next: npm start')
    expect(init.stdout).toContain('Next: npx breakroom doctor')
    expect(channel.members).toContain(app.botUserId)
    expect(envOf(folder.path)).toBe(
      `SLACK_APP_ID=${appId}\nSLACK_BOT_TOKEN=${app.botToken}\nSLACK_APP_TOKEN=${app.appToken}\n`,
    )
    const { fleet } = loadFleet(folder.path)
    expect(fleet.platforms[1]).toMatchObject({
      name: 'slack',
      kind: 'slack',
      mode: 'socket',
      team: slack.team.id,
      app: { bot_token_env: 'SLACK_BOT_TOKEN', app_token_env: 'SLACK_APP_TOKEN' },
      rooms: { breakroom: '#breakroom' },
    })
    expect(fleet.people.ada?.slack).toEqual({ slack: ada.id })
  })

  test('secrets are neither shown nor written anywhere but into .env, which nobody else may read', async () => {
    await using house = await workspace()
    using folder = folderOf()
    await using init = startSlackInit(folder.path, house.slack.url)
    await answerAll(init, house.hub)
    expect(await init.exited).toBe(0)

    for (const secret of [house.hub.botToken, house.hub.appToken]) {
      expect(init.screen).not.toContain(secret)
      expect(yamlOf(folder.path)).not.toContain(secret)
      expect(envOf(folder.path)).toContain(secret)
    }
    expect(statSync(join(folder.path, '.env')).mode & 0o777).toBe(0o600)
  })

  test('breakroom.yaml keeps every line that somebody wrote, and .env as well', async () => {
    await using house = await workspace()
    using folder = folderOf()
    writeFileSync(join(folder.path, '.env'), '# mine\nLIBERA_PASSWORD=x\n')
    await using init = startSlackInit(folder.path, house.slack.url)
    await answerAll(init, house.hub, 'ada@acme.example')
    expect(await init.exited).toBe(0)

    const now = yamlOf(folder.path).split('\n')
    const before = fleetText.replace(
      '{ name: Ada, tier: founder }',
      `{ name: Ada, tier: founder, slack: { slack: ${house.ada.id} } }`,
    )
    expect(before.split('\n').filter((line) => !now.includes(line))).toEqual([])
    expect(now.length - before.split('\n').length).toBe(8)
    expect(envOf(folder.path)).toMatch(/^# mine\nLIBERA_PASSWORD=x\nSLACK_BOT_TOKEN=/)
  })

  test('without a configuration token it prints a manifest that can be copied as it stands', async () => {
    await using house = await workspace()
    using folder = folderOf()
    await using init = startSlackInit(folder.path, house.slack.url)
    await init.when(/1\. /, '')
    await init.when(/2\. /, '')
    await init.when(/3\. /)
    const from = init.screen.indexOf('\n{\n')
    const printed = init.screen.slice(from, init.screen.indexOf('\n}\n', from) + 3)
    expect(JSON.parse(printed)).toMatchObject({ display_information: { name: 'Breakroom' } })
    expect(init.screen).toContain('https://api.slack.com/apps?new_app=1&manifest_json=%7B')
  })

  test('another name for it has variables of its own', async () => {
    await using house = await workspace()
    using folder = folderOf()
    await using init = startSlackInit(folder.path, house.slack.url, ['--name', 'acme'])
    await init.when(/1\. An app configuration token/, '')
    await init.when(/2\. The bot token/, house.hub.botToken)
    await init.when(/3\. An app-level token/, house.hub.appToken)
    await init.when(/4\. The e-mail/, '')
    expect(await init.exited).toBe(0)
    expect(envOf(folder.path)).toMatch(/^ACME_BOT_TOKEN=.*\nACME_APP_TOKEN=.*\n$/)
    expect(loadFleet(folder.path).fleet.platforms[1]?.name).toBe('acme')
  })

  test('over HTTP it asks for the signing secret, and Slack is sent to the address', async () => {
    await using slack = await startFakeSlack()
    using folder = folderOf()
    await using init = startSlackInit(folder.path, slack.url, ['--http', 'https://room.example.com'])
    await init.when(/1\. /, '')
    await init.when(/2\. /, slack.configurationToken)
    await init.when(/Made the app/)
    const app = slack.install(/SLACK_APP_ID=(\w+)/.exec(envOf(folder.path))?.[1] ?? '')
    await init.when(/3\. The bot token/, app.botToken)
    await init.when(/4\. The e-mail/, '')
    slack.channel('breakroom')
    await init.exited
    expect(app.mode).toEqual({ requestUrl: 'https://room.example.com/slack/slack/breakroom' })
    // Slack told the secret when the app was made, so nobody was asked for it.
    expect(envOf(folder.path)).toContain(`SLACK_SIGNING_SECRET=${app.signingSecret}\n`)
    expect(loadFleet(folder.path).fleet.platforms[1]).toMatchObject({
      mode: 'http',
      app: { signing_secret_env: 'SLACK_SIGNING_SECRET' },
    })
  })

  test('over HTTP, for an app that was made by hand, the signing secret is asked for', async () => {
    await using house = await workspace({ mode: { requestUrl: 'https://room.example.com/slack/slack/breakroom' } })
    using folder = folderOf()
    await using init = startSlackInit(folder.path, house.slack.url, ['--http', 'https://room.example.com/'])
    await init.when(/1\. /, '')
    await init.when(/2\. /, '')
    await init.when(/3\. The bot token/, house.hub.botToken)
    await init.when(/4\. The signing secret/, house.hub.appToken)
    await init.when(/That is an app-level token, not the signing secret\./, house.hub.signingSecret)
    await init.when(/5\. The e-mail/, '')
    expect(await init.exited).toBe(0)
    expect(init.screen).toContain('"request_url": "https://room.example.com/slack/slack/breakroom"')
    expect(envOf(folder.path)).toContain(`SLACK_SIGNING_SECRET=${house.hub.signingSecret}\n`)
  })

  test('a channel that is not there is left to people, with what to do and exit code 3', async () => {
    await using slack = await startFakeSlack()
    const hub = slack.app({ name: 'breakroom' })
    using folder = folderOf()
    await using init = startSlackInit(folder.path, slack.url)
    await answerAll(init, hub)
    expect(await init.exited).toBe(3)
    expect(init.stdout).toContain(
      'To do: make the channel #breakroom in Slack if it is not there, and type "/invite @breakroom" in it',
    )
  })

  test('only the first public room is shown: a channel that has the name of another one is not listened to', async () => {
    await using house = await workspace()
    const other = house.slack.channel('dev')
    using folder = folderOf(fleetText.replace('  breakroom: {}\n', '  breakroom: {}\n  dev: {}\n'))
    await using init = startSlackInit(folder.path, house.slack.url)
    await answerAll(init, house.hub)
    expect(await init.exited).toBe(0)
    expect(other.members).not.toContain(house.hub.botUserId)
    expect(loadFleet(folder.path).fleet.platforms[1]?.rooms).toEqual({ breakroom: '#breakroom' })
  })
})

describe('a wrong answer is told why, and asked for again', () => {
  test.each<[string, (slack: FakeSlack, hub: { appToken: string }) => string, RegExp]>([
    ['an app-level token for a bot token', (_, hub) => hub.appToken, /That is an app-level token, not the bot token\./],
    ['something else', () => 'hunter2', /That is not a whole bot token\./],
    [
      'a token that Slack does not know',
      () => ['xoxb', '0-unknown'].join('-'),
      /Slack does not take it \(invalid_auth\)\./,
    ],
    [
      'the token of an app that may do too little',
      (slack) => slack.app({ name: 'small', scopes: ['chat:write', 'users:read'] }).botToken,
      /it lacks app_mentions:read, channels:history, /,
    ],
  ])('%s', async (_, wrong, sentence) => {
    await using house = await workspace()
    using folder = folderOf()
    await using init = startSlackInit(folder.path, house.slack.url)
    await init.when(/1\. /, '')
    await init.when(/2\. /, '')
    await init.when(/3\. The bot token/, wrong(house.slack, house.hub))
    await init.when(sentence)
    await init.when(/Once more:/, house.hub.botToken)
    await init.when(/4\. An app-level token/, house.hub.botToken)
    await init.when(/That is a bot token, not the app-level token\./, house.hub.appToken)
    await init.when(/5\. The e-mail/, 'nobody@acme.example')
    await init.when(/Nobody in Acme has that address\./, '')
    expect(await init.exited).toBe(0)
  })

  test('three times; what was good until then is kept, and breakroom.yaml is as it was', async () => {
    await using house = await workspace()
    using folder = folderOf()
    await using init = startSlackInit(folder.path, house.slack.url)
    await init.when(/1\. /, '')
    await init.when(/2\. /, '')
    await init.when(/3\. /, house.hub.botToken)
    await init.when(/4\. /, 'x')
    await init.when(/Once more:/, 'y')
    await init.when(/Once more:/, 'z')
    expect(await init.exited).toBe(1)
    expect(init.screen).toContain('That was 3 times not it.')
    expect(envOf(folder.path)).toBe(`SLACK_BOT_TOKEN=${house.hub.botToken}\n`)
    expect(yamlOf(folder.path)).toBe(fleetText)
  })

  test("Slack that cannot be reached is nobody's wrong answer: the command ends with a sentence", async () => {
    const port = await freePort()
    using folder = folderOf()
    await using init = startSlackInit(folder.path, `http://127.0.0.1:${port}`)
    await init.when(/1\. /, '')
    await init.when(/2\. /, '')
    await init.when(/3\. /, ['xoxb', '1-token'].join('-'))
    expect(await init.exited).toBe(1)
    expect(init.screen).toMatch(/breakroom: Slack cannot be asked at http:\/\/127\.0\.0\.1:\d+\/api\/: ECONNREFUSED\./)
    expect(readdirSync(folder.path)).not.toContain('.env')
  })
})

describe('run again', () => {
  async function setUp(house: { slack: FakeSlack; hub: { botToken: string; appToken: string } }, folder: string) {
    await using init = startSlackInit(folder, house.slack.url)
    await answerAll(init, house.hub, 'ada@acme.example')
    expect(await init.exited).toBe(0)
  }

  test('it asks nothing, tries out what is there, and has nothing to change', async () => {
    await using house = await workspace()
    using folder = folderOf()
    await setUp(house, folder.path)
    const [env, yaml] = [envOf(folder.path), yamlOf(folder.path)]
    await using again = startSlackInit(folder.path, house.slack.url)
    expect(await again.exited).toBe(0)
    expect(again.screen).toContain('SLACK_BOT_TOKEN is good.')
    expect(again.screen).toContain('SLACK_APP_TOKEN is good.')
    expect(again.stdout).toContain('Nothing to change.')
    expect([envOf(folder.path), yamlOf(folder.path)]).toEqual([env, yaml])
  })

  test('it asks only for the token that was revoked', async () => {
    await using house = await workspace()
    using folder = folderOf()
    await setUp(house, folder.path)
    const yaml = yamlOf(folder.path)
    house.slack.faults.revoke(house.hub)
    const fresh = house.slack.app({ name: 'breakroom' })
    house.slack.join(fresh, house.channel)
    await using again = startSlackInit(folder.path, house.slack.url)
    await again.when(/SLACK_BOT_TOKEN: Slack does not take it \(token_revoked\)/)
    await again.when(/1\. The bot token/, fresh.botToken)
    await again.when(/2\. An app-level token/, fresh.appToken)
    expect(await again.exited).toBe(0)
    expect(envOf(folder.path)).toBe(`SLACK_BOT_TOKEN=${fresh.botToken}\nSLACK_APP_TOKEN=${fresh.appToken}\n`)
    expect(yamlOf(folder.path)).toBe(yaml)
  })

  test('a wrong token that the environment itself sets cannot be put right in .env, and that is said', async () => {
    await using house = await workspace()
    using folder = folderOf()
    await setUp(house, folder.path)
    const env = { SLACK_BOT_TOKEN: ['xoxb', '0-other'].join('-') }
    await using again = startSlackInit(folder.path, house.slack.url, [], env)
    expect(await again.exited).toBe(1)
    expect(again.screen).toContain('SLACK_BOT_TOKEN is set in the environment, which wins over .env')
  })

  test('after it was broken off, it goes on where it was, with the app that was made', async () => {
    await using slack = await startFakeSlack()
    slack.channel('breakroom')
    using folder = folderOf()
    {
      await using init = startSlackInit(folder.path, slack.url)
      await init.when(/1\. /, '')
      await init.when(/2\. /, slack.configurationToken)
      await init.when(/3\. /)
      init.signal('SIGINT')
      await init.exited
    }
    expect(yamlOf(folder.path)).toBe(fleetText)
    expect(readdirSync(folder.path).sort()).toEqual(['.env', 'breakroom.yaml', 'roles'])
    const app = slack.install(/^SLACK_APP_ID=(\w+)\n$/.exec(envOf(folder.path))?.[1] ?? '')
    await using again = startSlackInit(folder.path, slack.url, ['--name', 'slack'])
    await again.when(`Install it:          https://api.slack.com/apps/${app.appId}/install-on-team`)
    await again.when(/1\. The bot token/, app.botToken)
    await again.when(/2\. An app-level token/, app.appToken)
    await again.when(/3\. The e-mail/, '')
    expect(await again.exited).toBe(0)
    expect(slack.calls.filter(({ method }) => method === 'apps.manifest.create')).toHaveLength(1)
  })

  test("a role gets an app of its own, and the house's token is not taken for it", async () => {
    await using house = await workspace()
    using folder = folderOf()
    await setUp(house, folder.path)
    const cto = house.slack.app({ name: 'cto', events: ['app_mention', 'message.im'] })
    await using role = startSlackInit(folder.path, house.slack.url, ['--role', 'cto'])
    await role.when(/1\. An app configuration token/, '')
    await role.when(/"name": "cto"/)
    await role.when(/2\. The bot token/, house.hub.botToken)
    await role.when(/That is the token of another app of this fleet\./, cto.botToken)
    await role.when(/3\. An app-level token/, cto.appToken)
    expect(await role.exited).toBe(0)
    expect(house.channel.members).toContain(cto.botUserId)
    const { platforms } = loadFleet(folder.path).fleet
    expect(platforms[1]).toMatchObject({
      roles: { cto: { bot_token_env: 'SLACK_CTO_BOT_TOKEN', app_token_env: 'SLACK_CTO_APP_TOKEN' } },
    })
  })

  test('the token of another workspace is not taken for a role', async () => {
    await using house = await workspace()
    using folder = folderOf()
    await setUp(house, folder.path)
    const foreign = house.slack.app({ name: 'cto', teamId: 'T0FOREIGN' })
    await using role = startSlackInit(folder.path, house.slack.url, ['--role', 'cto'])
    await role.when(/1\. /, '')
    await role.when(/2\. The bot token/, foreign.botToken)
    await role.when(/That is the token of another workspace: .*\(T0FOREIGN\), not /)
  })
})

describe('where nobody can answer', () => {
  test('with tokens in the environment it does all of it', async () => {
    await using house = await workspace()
    using folder = folderOf()
    const env = { SLACK_BOT_TOKEN: house.hub.botToken, SLACK_APP_TOKEN: house.hub.appToken }
    await using init = startSlackInit(folder.path, house.slack.url, ['--no-input', '--json'], env)
    expect(await init.exited).toBe(0)
    expect(JSON.parse(init.stdout)).toMatchObject({
      workspace: 'slack',
      team: house.slack.team.id,
      changed: ['joined #breakroom', 'breakroom.yaml: platforms.slack'],
      left: [],
    })
    expect(readdirSync(folder.path)).not.toContain('.env')
  })

  test.each([[['--no-input']], [[]]])('a token that is missing ends it with what to do (%j)', async (args) => {
    await using house = await workspace()
    using folder = folderOf()
    await using init = startSlackInit(folder.path, house.slack.url, args)
    init.endInput()
    expect(await init.exited).toBe(2)
    expect(init.screen).toContain('SLACK_BOT_TOKEN is missing: put it into .env, or run this where you can type.')
    expect(yamlOf(folder.path)).toBe(fleetText)
  })

  test.each([
    [['--role', 'cto'], 'There is no Slack workspace in breakroom.yaml yet. First: npx breakroom slack init'],
    [['--name', 'local'], '"local" is the name of a platform that is not Slack'],
    [['--name', 'Not Good'], '"Not Good" is no name'],
    [['--http', 'room.example.com', '--name', 'slack'], '--http takes an address that begins with https://'],
    [['--http', 'http://room.example.com', '--name', 'slack'], '--http takes an address that begins with https://'],
  ])('%j is refused with a reason', async (args, sentence) => {
    using folder = folderOf()
    await using init = startSlackInit(folder.path, 'http://127.0.0.1:9/api/', [...args, '--no-input'])
    expect(await init.exited).toBe(2)
    expect(init.screen).toContain(sentence)
  })
})
