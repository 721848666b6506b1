// Follows docs.slack.dev "Using the Slack Web API": every answer is 200 with `ok`, but for 429 and what breaks.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SocketMode } from '../events/socket-mode.ts'
import type { CallFault } from '../faults.ts'
import type { LoggedCall } from '../interface.ts'
import type { Json } from '../message.ts'
import type { World } from '../world.ts'
import { readArgs, readToken } from './args.ts'
import { callerOf } from './auth.ts'
import { manifestsCreate, manifestsValidate } from './manifests.ts'
import { createMethods } from './methods.ts'
import { createRateLimits } from './rate-limits.ts'
import { Refusal } from './refusal.ts'
import { demandScope, methodScopes } from './scopes.ts'

/** Answers one request of the Web API. */
export type WebApi = (method: string, request: IncomingMessage, body: Buffer, response: ServerResponse) => Promise<void>

export function createWebApi(world: World, sockets: SocketMode, configurationToken: string): WebApi {
  const methods = createMethods(sockets)
  const limits = createRateLimits(world.clock)

  function answer(method: string, token: string, args: Json): Json {
    const forOwners = { 'apps.manifest.create': manifestsCreate, 'apps.manifest.validate': manifestsValidate }[method]
    if (forOwners !== undefined) {
      if (token !== configurationToken) throw new Refusal(token === '' ? 'not_authed' : 'invalid_auth')
      return forOwners(world, args)
    }
    const caller = callerOf(world, method, token)
    const scope = methodScopes[method]
    if (scope !== undefined) demandScope(caller, scope)
    const known = methods[method]
    if (known === undefined) throw new Refusal('unknown_method', { req_method: method })
    return known({ world, caller, args })
  }

  return async function serve(method, request, body, response) {
    const args = readArgs(request, body)
    const token = readToken(request, args)
    const call: LoggedCall = { method, token, args, at: world.clock.now(), answer: '' }
    world.calls.push(call)
    const fault = world.faults.take(method, args)
    if (await refused(world, fault, call, request, response)) return
    const wait = world.faults.rateLimits ? limits.exceeded(token, method, args) : null
    if (wait !== null) return tooMany(response, call, wait)
    const result = attempt(() => answer(method, token, args))
    call.answer = result.ok ? 'ok' : String(result.error)
    if (fault?.kind === 'slow') await world.clock.sleep(fault.ms, world.ended)
    if (fault?.kind === 'lose-answer') {
      call.answer = 'lost'
      request.socket.destroy()
      return
    }
    const app = [...world.apps.values()].find((app) => app.botToken === token)
    const scopes = app === undefined ? undefined : [...app.scopes].join(',')
    json(response, 200, result, { ...(scopes === undefined ? {} : { 'x-oauth-scopes': scopes }) })
  }
}

/** True when a fault answered in the method's place. */
async function refused(
  world: World,
  fault: CallFault | null,
  call: LoggedCall,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (world.faults.state !== 'up' || fault?.kind === 'server-error') {
    call.answer = '500'
    response.writeHead(500).end('upstream connect error')
  } else if (fault?.kind === 'refuse') {
    call.answer = 'refused'
    request.socket.destroy()
  } else if (fault?.kind === 'rate-limit') {
    tooMany(response, call, fault.retryAfter)
  } else if (fault?.kind === 'error') {
    call.answer = fault.code
    json(response, 200, { ok: false, error: fault.code })
  } else return false
  return true
}

function attempt(work: () => Json): Json {
  try {
    return { ok: true, ...work() }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.code, ...error.more }
    throw error
  }
}

function tooMany(response: ServerResponse, call: LoggedCall, seconds: number): void {
  call.answer = 'ratelimited'
  json(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(seconds) })
}

function json(response: ServerResponse, status: number, body: Json, headers: Record<string, string> = {}): void {
  if (response.destroyed) return
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body))
}
