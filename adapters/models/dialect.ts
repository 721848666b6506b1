/** How a server with OpenAI's chat API is asked for JSON, and told when to stop. */
export interface Dialect {
  format: 'schema' | 'object' | 'text'
  limit: 'max_tokens' | 'max_completion_tokens'
}

export const firstDialect: Dialect = { format: 'schema', limit: 'max_tokens' }

const simplerFormat = { schema: 'object', object: 'text', text: null } as const

/** What else to try after a refusal, or null. `body` is what the server said. */
export function simplerDialect(dialect: Dialect, body: string): Dialect | null {
  if (dialect.limit === 'max_tokens' && body.includes('max_completion_tokens')) {
    return { ...dialect, limit: 'max_completion_tokens' }
  }
  const format = simplerFormat[dialect.format]
  return format === null ? null : { ...dialect, format }
}

/** A request body that was made for the first dialect, in another. */
export function inDialect(body: Record<string, unknown>, { format, limit }: Dialect): Record<string, unknown> {
  const { response_format, max_tokens, ...rest } = body
  return {
    ...rest,
    ...(max_tokens === undefined ? {} : { [limit]: max_tokens }),
    ...(response_format === undefined || format === 'text'
      ? {}
      : { response_format: format === 'schema' ? response_format : { type: 'json_object' } }),
  }
}
