import type { YamlEdit } from '../../adapters/yaml/edit-yaml.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { AppPlan } from './app-plan.ts'

/** What breakroom.yaml does not say yet of an app that works; empty when it says all of it. `rooms` are those of a new workspace. */
export function fleetEdits(
  { platforms }: Pick<Fleet, 'platforms'>,
  plan: AppPlan,
  { team, rooms }: { team: string; rooms: Record<string, string> },
): YamlEdit[] {
  const { configured, mode, role, variables } = plan
  const [secret, variable] =
    mode === 'socket'
      ? (['app_token_env', variables.appToken] as const)
      : (['signing_secret_env', variables.signingSecret] as const)
  const app = { bot_token_env: variables.botToken, [secret]: variable }
  if (configured === null) {
    const said = { name: plan.platform, kind: 'slack', ...(mode === 'http' ? { mode } : {}), team, app, rooms }
    return [{ path: ['platforms', platforms.length], value: said }]
  }
  const { platform, index } = configured
  const at = (...keys: string[]) => ['platforms', index, ...keys]
  const place = role === null ? ['app'] : ['roles', role.name]
  const its = role === null ? platform.app : platform.roles[role.name]
  return [
    ...(platform.mode === mode ? [] : [{ path: at('mode'), value: mode }]),
    ...(platform.team === undefined ? [{ path: at('team'), value: team }] : []),
    ...(its === undefined ? [{ path: at(...place), value: app }] : []),
    ...(its !== undefined && its[secret] === undefined ? [{ path: at(...place, secret), value: variable }] : []),
  ]
}
