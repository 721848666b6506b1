import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from './process.ts'

/** A role file that is fine; `changes` replaces lines by their key, an empty string takes the line out. */
export function roleText(name: string, changes: Record<string, string> = {}): string {
  const lines = {
    name: `name: ${name}`,
    nick: `nick: ${name}`,
    reports_to: 'reports_to: founder',
    mission: 'mission: Does what it says.',
    rooms: 'rooms: [breakroom]',
    capabilities: 'capabilities: [answer]',
    tools: 'tools: { rooms: [say] }',
    forbidden_actions: 'forbidden_actions: [lie]',
    brain: 'brain: { kind: none }',
    loop_strategy: 'loop_strategy: on_mention',
    escalation: 'escalation: { to: founder, after_minutes: 60 }',
    ...changes,
  }
  return Object.values(lines)
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('')
}

export const fleetText = `rooms:
  breakroom: {}
platforms:
  - name: local
    kind: irc
    embedded: true
    rooms: { breakroom: "#breakroom" }
`

/** A folder with a fleet of one room and the role `cto`, and `files` over it; gone after `using`. */
export function fleetFolder(files: Record<string, string | Uint8Array> = {}): { path: string } & Disposable {
  const folder = temporaryFolder()
  const all = { 'breakroom.yaml': fleetText, 'roles/cto.yaml': roleText('cto'), ...files }
  for (const [file, content] of Object.entries(all)) {
    mkdirSync(join(folder.path, dirname(file)), { recursive: true })
    writeFileSync(join(folder.path, file), content)
  }
  return folder
}
