/** Errors that come before anything is written: no name, no connection, no TLS. */
const beforeTheRequest = new Set([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNREFUSED',
  'ENOTFOUND',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** True when a network error proves that no byte of the request has left; false when it may have. */
export function wasNeverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as NodeJS.ErrnoException
  if (typeof code === 'string' && beforeTheRequest.has(code)) return true
  // An unreachable host is also reported on connections that stand; this says that it was none.
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(wasNeverSent)
  return wasNeverSent(error.cause)
}
