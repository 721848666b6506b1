/**
 * How the knowledge proxy itself calls other services. Not the name of its seat: what a role may see, the proxy may not, since it reads for
 * everybody. No role may take this name.
 */
export const knowledgeCaller = 'knowledge-proxy'
