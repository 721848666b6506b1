import { statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { floors, isOlder, requireServer, type ServerName } from '../../adapters/servers/versions.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { sentenceOf } from '../../core/errors.ts'
import { type Fleet, fleetSecrets } from '../../core/fleet.ts'
import type { Role } from '../../core/role.ts'
import { counted } from '../counted.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Finding } from '../finding.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import { checkCorpus } from './doctor-corpus.ts'
import { checkRunning, redisFloor } from './doctor-running.ts'
import { checkSlack } from './doctor-slack.ts'
import { checkState } from './doctor-state.ts'
import { checkSweep } from './doctor-sweep.ts'

const nodeFloor = '24.12.0'

/** `breakroom doctor`: looks at everything a fleet needs and says how to mend what is wrong. Exit code 1 for a failure, 3 for a warning. */
export async function doctor(settings: Settings, output: Output): Promise<number> {
  const configuration = checkConfiguration(settings)
  const findings = [
    checkNode(),
    configuration.finding,
    ...(await Promise.all(
      (['nats-server', 'redis-server', 'ergochat'] as const).map((name) => checkProgram(name, settings)),
    )),
    checkHome(settings),
    await checkDisk(settings),
    ...(configuration.fleet === null ? [] : checkSecrets(configuration.fleet, settings)),
    ...(configuration.fleet === null ? [] : checkCorpus(configuration.fleet, configuration.roles, settings)),
    ...(configuration.fleet === null ? [] : await checkSlack(settings, configuration.fleet)),
    ...(
      await Promise.all([checkRunning(settings), checkState(settings), sweepFindings(settings, configuration)])
    ).flat(),
  ]
  const signs = { ok: 'ok      ', warning: 'warning ', failure: 'failure ' }
  const text = findings.map(
    ({ check, state, found, fix }) =>
      `${signs[state]}${check}: ${found}${fix === undefined ? '' : `\n        fix: ${fix}`}`,
  )
  const failures = findings.filter(({ state }) => state === 'failure').length
  const warnings = findings.filter(({ state }) => state === 'warning').length
  const verdict = `${counted(findings.length, 'check')}, ${counted(failures, 'failure')}, ${counted(warnings, 'warning')}.`
  output.result([...text, verdict].join('\n'), { findings, failures, warnings })
  if (failures > 0) return exitCodes.failure
  return warnings > 0 ? exitCodes.degraded : exitCodes.ok
}

async function sweepFindings(
  settings: Settings,
  { fleet, roles }: ReturnType<typeof checkConfiguration>,
): Promise<Finding[]> {
  return fleet === null ? [] : checkSweep(settings, fleet, roles)
}

function checkNode(): Finding {
  const found = process.versions.node
  if (!isOlder(found, nodeFloor)) return { check: 'node', state: 'ok', found }
  return {
    check: 'node',
    state: 'failure',
    found,
    fix: 'use "npx breakroom ..." or npm scripts, which bring their own',
  }
}

function checkConfiguration({ folder }: Settings): { finding: Finding; fleet: Fleet | null; roles: Role[] } {
  const check = 'configuration'
  try {
    const { fleet, roles } = loadFleet(folder)
    return {
      finding: {
        check,
        state: 'ok',
        found: `${counted(roles.length, 'role')}, ${counted(fleet.platforms.length, 'platform')}`,
      },
      fleet,
      roles,
    }
  } catch (error) {
    return {
      finding: { check, state: 'failure', found: sentenceOf(error), fix: 'breakroom roles check lists all of it' },
      fleet: null,
      roles: [],
    }
  }
}

async function checkProgram(name: ServerName, { env, clone, natsUrl, redisUrl }: Settings): Promise<Finding> {
  const elsewhere = (name === 'nats-server' && natsUrl) || (name === 'redis-server' && redisUrl)
  if (elsewhere) return { check: name, state: 'ok', found: 'named by the environment, not started here' }
  try {
    const { version } = await requireServer(name, env, clone)
    const old = name === 'redis-server' && isOlder(version, redisFloor)
    const note = old ? `; fine on loopback, where others reach it run ${redisFloor} or newer` : ''
    return { check: name, state: 'ok', found: `${version} (floor ${floors[name]}${note})` }
  } catch (error) {
    return { check: name, state: 'failure', found: sentenceOf(error), fix: 'sh scripts/setup.sh' }
  }
}

function checkHome({ home }: Settings): Finding {
  const check = 'home'
  try {
    const open = statSync(`${home}/keys`).mode & 0o077
    if (open === 0) return { check, state: 'ok', found: home }
    return { check, state: 'failure', found: `others may read ${home}/keys`, fix: `chmod 700 ${home}/keys` }
  } catch {
    return { check, state: 'ok', found: `${home} is made at the first start` }
  }
}

async function checkDisk({ folder }: Settings): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder)
  const gib = (bavail * bsize) / 1024 ** 3
  const found = `${gib.toFixed(1)} GiB free`
  if (gib >= 2) return { check: 'disk', state: 'ok', found }
  return {
    check: 'disk',
    state: 'warning',
    found,
    fix: 'the record may grow to 1 GiB; make room or move BREAKROOM_HOME',
  }
}

function checkSecrets(fleet: Fleet, { env }: Settings): Finding[] {
  return [...new Set(fleetSecrets(fleet))].flatMap((variable): Finding[] => {
    const check = `secret ${variable}`
    if (env[variable]) return [{ check, state: 'ok', found: 'set' }]
    return [{ check, state: 'failure', found: 'not set', fix: `put ${variable}=... into .env` }]
  })
}
