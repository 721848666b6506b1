import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { describe, expect, it } from 'vitest'
import { readFailure } from '../../../../adapters/slack/web/failure.ts'

const refusal = (error: string, more = {}) => new WebAPIPlatformError({ ok: false, error, ...more })
const network = (fields: object, cause?: unknown) =>
  new WebAPIRequestError(new TypeError('fetch failed', { cause: cause ?? Object.assign(new Error('network'), fields) }))

function errorOf(thrown: unknown) {
  const failure = readFailure('chat.postMessage', thrown)
  if (!('error' in failure)) throw new Error('it was only late')
  return failure.error
}

describe('what a failed call means', () => {
  it('is a refusal in the words of Slack when the call was understood', () => {
    expect(errorOf(refusal('channel_not_found'))).toMatchObject({
      code: 'refused',
      message: 'Slack refused chat.postMessage: channel_not_found.',
      detail: { error: 'channel_not_found' },
    })
    expect(errorOf(refusal('missing_scope', { needed: 'users:read' })).detail).toEqual({
      error: 'missing_scope',
      needed: 'users:read',
    })
  })

  it.each(['invalid_auth', 'token_revoked', 'account_inactive', 'token_expired', 'team_disabled'])(
    'is a denial when the token is dead: %s',
    (word) => {
      expect(errorOf(refusal(word))).toMatchObject({ code: 'denied', detail: { error: word } })
    },
  )

  it('asks to wait as long as Slack says, and never not at all', () => {
    expect(readFailure('users.info', new WebAPIRateLimitedError(7))).toEqual({ waitMs: 7_000 })
    expect(readFailure('users.info', new WebAPIRateLimitedError(0))).toEqual({ waitMs: 1_000 })
    expect(readFailure('users.info', refusal('ratelimited'))).toEqual({ waitMs: 10_000 })
    const unreadable = new Error('Retry header did not contain a valid timeout (url: x, retry-after header: null)')
    expect(readFailure('users.info', unreadable)).toEqual({ waitMs: 10_000 })
  })

  it.each([
    ['a name that cannot be resolved', network({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
    ['a resolver that is away', network({ code: 'EAI_AGAIN' })],
    ['a refused connection', network({ code: 'ECONNREFUSED' })],
    [
      'refused connections to every address',
      network({}, new AggregateError([1, 2].map(() => Object.assign(new Error('no'), { code: 'ECONNREFUSED' })))),
    ],
    ['a host that could not be connected to', network({ code: 'EHOSTUNREACH', syscall: 'connect' })],
    ['a connection that took too long', network({ code: 'UND_ERR_CONNECT_TIMEOUT' })],
    ['a certificate that is not theirs', network({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })],
    ['a body that came in truncated', refusal('request_timeout')],
    ['a proxy that wants a login', new WebAPIHTTPError(407, 'Proxy Authentication Required', {})],
  ])('F39: was certainly not done after %s', (_what, thrown) => {
    expect(errorOf(thrown)).toMatchObject({ code: 'unavailable', detail: { maybeDone: false } })
  })

  it.each([
    ['a reset connection', network({ code: 'ECONNRESET', syscall: 'read' })],
    ['a connection that was closed', network({ code: 'UND_ERR_SOCKET' })],
    ['a host that became unreachable on the way', network({ code: 'EHOSTUNREACH', syscall: 'read' })],
    ['no answer in time', new WebAPIRequestError(new DOMException('too late', 'TimeoutError'))],
    ['an answer that broke off', new TypeError('terminated', { cause: new Error('other side closed') })],
    ['HTTP 500', new WebAPIHTTPError(500, 'Internal Server Error', {})],
    ['HTTP 503', new WebAPIHTTPError(503, 'Service Unavailable', {})],
    ['internal_error', refusal('internal_error')],
    ['fatal_error', refusal('fatal_error')],
    ['a page instead of an answer', refusal('<html>Slack is having trouble</html>')],
    [
      'one address that refused and one that broke',
      network(
        {},
        new AggregateError([
          Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
          Object.assign(new Error('broke'), { code: 'ECONNRESET' }),
        ]),
      ),
    ],
  ])('F39: may have been done after %s', (_what, thrown) => {
    expect(errorOf(thrown)).toMatchObject({ code: 'unavailable', detail: { maybeDone: true } })
  })

  it('never quotes a network error, which can hold the token', () => {
    const token = ['xoxb', '1-secret'].join('-')
    const thrown = new WebAPIRequestError(
      new TypeError(`Headers.append: "Bearer ${token}" is an invalid header value.`),
    )
    const error = errorOf(thrown)
    expect(`${error.message} ${JSON.stringify(error.detail)} ${String(error.cause)}`).not.toContain(token)
  })
})
