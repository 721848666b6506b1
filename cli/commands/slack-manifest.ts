import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import type { Output } from '../output.ts'
import { planApp, type SlackOptions, workspaceOf } from '../slack/app-plan.ts'
import { defaultWorkspace } from '../slack/ask-workspace.ts'

/** `breakroom slack manifest`: the manifest of the house's app, or of a role's, as JSON and nothing else. */
export function slackManifest({ folder }: { folder: string }, output: Output, options: SlackOptions): void {
  const configuration = loadFleet(folder)
  const platform = workspaceOf(configuration.fleet, options) ?? defaultWorkspace
  const manifest = planApp(configuration, platform, options).manifest()
  output.result(JSON.stringify(manifest, null, 2), manifest)
}
