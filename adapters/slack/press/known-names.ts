import type { KnownNames } from '../../../core/task/assignment-values.ts'
import type { PressParts } from './parts.ts'

/** The roles and checks that an assignment can name. */
export function knownNames({ form, voices }: Pick<PressParts, 'form' | 'voices'>): KnownNames {
  const nicks = new Map(voices.map(({ role, nick }) => [role, nick]))
  return { roles: form.roles.map(({ name }) => ({ role: name, nick: nicks.get(name) ?? name })), checks: form.checks }
}
