/** The scope without which an app does not get an event. Follows "Required scopes" on each event's page of docs.slack.dev. */
export const eventScopes: Record<string, string | null> = {
  app_home_opened: null,
  app_mention: 'app_mentions:read',
  file_shared: 'files:read',
  member_joined_channel: 'channels:read',
  member_left_channel: 'channels:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  'message.mpim': 'mpim:history',
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
  team_join: 'users:read',
  user_change: 'users:read',
}
