import type { SlackChannel } from '../channel.ts'
import type { Caller } from './method.ts'
import { Refusal } from './refusal.ts'

const kindScopes = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' }

/** What the methods need whose scope does not depend on the conversation. Follows "Scopes" on each method's page. */
export const methodScopes: Record<string, string> = {
  'bots.info': 'users:read',
  'chat.delete': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.join': 'channels:join',
  'files.completeUploadExternal': 'files:write',
  'files.getUploadURLExternal': 'files:write',
  'files.info': 'files:read',
  'reactions.add': 'reactions:write',
  'reactions.remove': 'reactions:write',
  'users.info': 'users:read',
  'users.list': 'users:read',
  'users.lookupByEmail': 'users:read.email',
}

/** Refuses a caller without the scope. Follows docs.slack.dev "missing_scope": says what is needed and what is there. */
export function demandScope(caller: Caller, scope: string): void {
  if (caller.app.scopes.has(scope)) return
  throw new Refusal('missing_scope', { needed: scope, provided: [...caller.app.scopes].join(',') })
}

/** The scope to read, see or open a conversation, which goes by its kind. */
export function demandConversationScope(caller: Caller, channel: Pick<SlackChannel, 'kind'>, what: string): void {
  demandScope(caller, `${kindScopes[channel.kind]}:${what}`)
}
