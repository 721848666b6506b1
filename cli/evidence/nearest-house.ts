import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { evidencePublicFile } from '../../adapters/servers/evidence-key.ts'
import { fleetFile } from '../../adapters/yaml/load-fleet.ts'

/**
 * The folder of the fleet that somebody works for who stands in `folder`: of those with a breakroom.yaml from here upwards the nearest whose
 * home was started once, else the nearest, else `folder` itself. What is worked on may have such a file too.
 */
export function nearestHouse(folder: string, env: NodeJS.ProcessEnv): string {
  const houses = upwards(folder).filter((path) => existsSync(join(path, fleetFile)))
  const begun = houses.find((path) => existsSync(evidencePublicFile(resolve(path, env.BREAKROOM_HOME || '.breakroom'))))
  return begun ?? houses[0] ?? folder
}

function upwards(folder: string): string[] {
  const above = dirname(folder)
  return above === folder ? [folder] : [folder, ...upwards(above)]
}
