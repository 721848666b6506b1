/**
 * What the house's app may do, and why:
 * - `chat:write`, `chat:write.customize`: says lines and cards, and says those of roles under their names and icons;
 * - `channels:history`, `groups:history`, `im:history`: hears rooms and direct messages, and reads back what it missed;
 * - `channels:read`, `groups:read`, `im:read`: finds the channels that show rooms, and the direct messages to read back;
 * - `channels:join`: comes into a public channel that shows a room without being invited;
 * - `im:write`: begins a direct message, for answers that are for one person;
 * - `users:read`: tells people from guests, strangers and bots, and knows the names to show;
 * - `users:read.email`: finds the founder's own account at set-up by e-mail;
 * - `reactions:read`: hears reactions to what was said;
 * - `files:read`, `files:write`: passes on by reference what people attach, and gives long text as a file;
 * - `metadata.message:read`: recognises its own posts in a history by the id they carry, so that none is posted twice;
 * - `app_mentions:read`: hears when it is mentioned;
 * - `commands`: the slash command and the shortcut.
 */
export const hubScopes: readonly string[] = [
  'app_mentions:read',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'chat:write.customize',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'metadata.message:read',
  'reactions:read',
  'users:read',
  'users:read.email',
]

/** Slack takes `features.agent_view` together with this scope; nothing of ours fails where a workspace does not grant it. */
export const agentScope = 'assistant:write'

/**
 * What a role's own app may do. It hears only what is said to it: `app_mentions:read`, `im:history`; reads back direct messages
 * (`im:read`, `metadata.message:read`) and begins them (`im:write`); speaks (`chat:write`, `files:write`) in the channels of its
 * rooms, which it finds and enters (`channels:read`, `groups:read`, `channels:join`); and knows its own posts by its app's id
 * (`users:read`). What is said in rooms is the house's to hear.
 */
export const roleScopes: readonly string[] = [
  'app_mentions:read',
  'channels:join',
  'channels:read',
  'chat:write',
  'files:write',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'metadata.message:read',
  'users:read',
]

/** What the app of a role may do, or (null) the house's own. */
export function scopesOf(role: string | null): readonly string[] {
  return role === null ? hubScopes : roleScopes
}
