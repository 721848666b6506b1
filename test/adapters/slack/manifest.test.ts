import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hubManifest, manifestLink, requestUrlOf, roleManifest } from '../../../adapters/slack/manifest.ts'
import { hubScopes, roleScopes } from '../../../adapters/slack/scopes.ts'
import { cloneFolder } from '../../support/process.ts'
import { manifestProblems } from '../../support/slack/api/manifests.ts'
import { methodScopes } from '../../support/slack/api/scopes.ts'
import { knownEvents, knownScopes } from '../../support/slack/app.ts'

const cto = { nick: 'cto', mission: 'Decides what is built with what.' }
const url = 'https://room.example.com/slack/slack/breakroom'
const manifests = [
  ['of the house over sockets', hubManifest(null)],
  ['of the house over HTTP', hubManifest(url)],
  ['of a role over sockets', roleManifest(cto, null)],
  ['of a role over HTTP', roleManifest(cto, url)],
  ['of a role with a long mission', roleManifest({ nick: 'a'.repeat(20), mission: 'Long. '.repeat(100) }, null)],
] as const

describe.each(manifests)('the manifest %s', (_, manifest) => {
  test('is one that Slack takes', () => {
    expect(manifestProblems(manifest)).toEqual([])
  })

  test('asks for no event that Slack does not have', () => {
    expect(manifest.settings.event_subscriptions.bot_events.filter((event) => !knownEvents.includes(event))).toEqual([])
  })

  test('stays within the lengths that Slack documents', () => {
    const { display_information: shown, features } = manifest
    expect(shown.name.length).toBeLessThanOrEqual(35)
    expect(shown.description.length).toBeLessThanOrEqual(140)
    expect(features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/)
    expect((features.agent_view?.agent_description ?? '').length).toBeLessThanOrEqual(300)
    expect((features.agent_view?.suggested_prompts ?? []).length).toBeLessThanOrEqual(4)
  })
})

test('every scope is one that Slack has', () => {
  expect([...hubScopes, ...roleScopes].filter((scope) => !knownScopes.includes(scope))).toEqual([])
})

test('every method that is called needs no scope beyond those of the house', () => {
  const sources = readdirSync(join(cloneFolder, 'adapters/slack'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('tiers.ts'))
    .map((file) => readFileSync(join(cloneFolder, 'adapters/slack', file), 'utf8'))
    .join('\n')
  const called = Object.entries(methodScopes).filter(([method]) => sources.includes(`'${method}'`))
  expect(called.length).toBeGreaterThan(0)
  expect(called.filter(([, scope]) => !hubScopes.includes(scope))).toEqual([])
})

test('the app is declared an agent, in the way that new apps have to be', () => {
  const { features, oauth_config } = hubManifest(null)
  expect(Object.keys(features)).toContain('agent_view')
  expect(Object.keys(features)).not.toContain('assistant_view')
  expect(oauth_config.scopes.bot).toContain('assistant:write')
})

test('a role hears what is said to it and nothing else, and has no commands', () => {
  const { settings, features, oauth_config } = roleManifest(cto, null)
  expect(settings.event_subscriptions.bot_events).toEqual(['app_mention', 'message.im'])
  expect(features.slash_commands).toBeUndefined()
  expect(oauth_config.scopes.bot.filter((scope) => /^(channels|groups):history$/.test(scope))).toEqual([])
})

test('over HTTP everything of Slack goes to one address, over sockets to none', () => {
  expect(JSON.stringify(hubManifest(url)).split(url)).toHaveLength(4)
  expect(hubManifest(url).settings.socket_mode_enabled).toBe(false)
  expect(JSON.stringify(hubManifest(null))).not.toContain('https://')
  expect(requestUrlOf('https://room.example.com/', 'acme', 'cto')).toBe('https://room.example.com/slack/acme/cto')
})

test('the link has the whole manifest in it', () => {
  const link = new URL(manifestLink('https://api.slack.com/apps', hubManifest(null)))
  expect(JSON.parse(link.searchParams.get('manifest_json') ?? '')).toEqual(hubManifest(null))
})
