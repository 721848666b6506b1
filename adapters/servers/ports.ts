import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError } from '../../core/errors.ts'

/** True when we could listen there now. */
export async function isPortFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** True as soon as we could listen there; false when that does not happen in `ms`. */
export async function isFreeWithin(host: string, port: number, ms: number): Promise<boolean> {
  const end = performance.now() + ms
  while (!(await isPortFree(host, port))) {
    if (performance.now() >= end) return false
    await pause(5)
  }
  return true
}

/** Below the ports that systems give to outgoing connections (32,768 and up on Linux, 49,152 on macOS), above the well-known ones. */
const firstPort = 15_000
const lastPort = 32_000
const tries = 100

/**
 * A port that was free a moment ago, and that no outgoing connection is given while a server that listens there is started again.
 * Rejects with `unavailable` when none is found.
 */
export async function anyFreePort(host: string): Promise<number> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const port = randomInt(firstPort, lastPort)
    if (await isPortFree(host, port)) return port
  }
  throw new BreakroomError('unavailable', `No port between ${firstPort} and ${lastPort} is free on ${host}.`)
}

/** The program that listens on a port of this machine, or null where the system does not tell us. */
export function listenerOn(port: number): { pid: number; name: string } | null {
  try {
    return process.platform === 'linux' ? listenerFromProc(port) : listenerFromLsof(port)
  } catch {
    return null
  }
}

function listenerFromProc(port: number): { pid: number; name: string } | null {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const listening = '0A'
  const sockets = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const row of readFileSync(table, 'latin1').split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = row.trim().split(/\s+/)
      if (local?.endsWith(suffix) && state === listening) sockets.add(`socket:[${inode}]`)
    }
  }
  if (sockets.size === 0) return null
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  const owner = pids.find((pid) => openFiles(pid).some((file) => sockets.has(file)))
  if (owner === undefined) return null
  return { pid: Number(owner), name: nameOf(owner) }
}

/** The program as it was called: the system's own name for a process of Node.js is `MainThread`. */
function nameOf(pid: string): string {
  const called = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/)[0] ?? ''
  return basename(called) || readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
}

/** Of other people's processes the system shows nothing, and a file may be closed while we look. */
function openFiles(pid: string): string[] {
  const folder = `/proc/${pid}/fd`
  return orNothing(() => readdirSync(folder)).flatMap((fd) => orNothing(() => [readlinkSync(`${folder}/${fd}`)]))
}

function orNothing(read: () => string[]): string[] {
  try {
    return read()
  } catch {
    return []
  }
}

function listenerFromLsof(port: number): { pid: number; name: string } | null {
  const text = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
  const pid = /^p(\d+)$/m.exec(text)?.[1]
  return pid === undefined ? null : { pid: Number(pid), name: /^c(.+)$/m.exec(text)?.[1] ?? 'unknown' }
}
