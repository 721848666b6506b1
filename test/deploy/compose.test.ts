import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { runVariable } from '../../adapters/process/program-family.ts'
import { ownerVariable } from '../../adapters/process/program-owner.ts'
import { floors, isOlder, versionIn } from '../../adapters/servers/versions.ts'
import { partStarters } from '../../cli/fleet-process.ts'
import { cloneFolder } from '../support/process.ts'

interface Service {
  image: string
  command?: string[]
  ports?: string[]
  restart?: string
  healthcheck?: { test?: string[]; disable?: boolean }
  depends_on?: Record<string, { condition: string }>
  environment?: Record<string, string>
  cap_drop?: string[]
}

const text = readFileSync(join(cloneFolder, 'compose.yaml'), 'utf8')
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> }
const all = Object.entries(services)

test('every part of the fleet is a service, with the bus made ready first', () => {
  for (const part of [...Object.keys(partStarters), 'gateway']) {
    expect(services[part]?.command, part).toEqual([part])
    expect(services[part]?.depends_on?.provision, part).toEqual({ condition: 'service_completed_successfully' })
  }
})

test('the servers are no older than the floors', () => {
  expect(isOlder(versionIn(services.nats?.image ?? '') ?? '0', floors['nats-server'])).toBe(false)
  // A server that other containers reach has a higher floor than one on loopback.
  expect(isOlder(versionIn(services.redis?.image ?? '') ?? '0', '8.6.3')).toBe(false)
})

test('S26: ports are published on loopback only, and no password stands in the file', () => {
  for (const [name, { ports = [] }] of all) for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/)
  expect(text).not.toMatch(/PASSWORD|requirepass \w|:\/\/[^\s/]*@/)
})

test('U37: whatever keeps running says whether it is well, and runs without rights', () => {
  for (const [name, service] of all) {
    expect(service.cap_drop, name).toEqual(['ALL'])
    if (service.restart !== 'no') expect(service.healthcheck?.test?.[0], name).toMatch(/^CMD/)
  }
})

test('nothing waits for a service that is not there', () => {
  for (const [name, { depends_on = {} }] of all) {
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      expect(services, name).toHaveProperty(needed)
      expect(condition, name).toBe(
        services[needed]?.restart === 'no' ? 'service_completed_successfully' : 'service_healthy',
      )
    }
  }
})

test('every variable that is read is explained in .env.example, and no other', () => {
  const files = globSync(['{cli,gateway,adapters,scripts,deploy}/**/*.{ts,sh}', 'compose.yaml'], { cwd: cloneFolder })
  const read = new Set(
    files.flatMap((file) => readFileSync(join(cloneFolder, file), 'utf8').match(/\bBREAKROOM_[A-Z_]*[A-Z]\b/g) ?? []),
  )
  // These are told to programs.
  for (const told of [runVariable, ownerVariable, 'BREAKROOM_ROLE', 'BREAKROOM_TASK']) read.delete(told)
  const explained = new Set(readFileSync(join(cloneFolder, '.env.example'), 'utf8').match(/^# BREAKROOM_\w+(?==)/gm))
  expect([...explained].map((line) => line.slice(2)).sort()).toEqual([...read].sort())
})
