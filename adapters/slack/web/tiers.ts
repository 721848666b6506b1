const perMinute = { 2: 20, 3: 50, 4: 100 }

/** Slack's documented tier of the methods we call; what is not here is not paced. */
const tiers: Record<string, keyof typeof perMinute> = {
  'bots.info': 3,
  'chat.delete': 3,
  'chat.postEphemeral': 4,
  'chat.update': 3,
  'conversations.history': 3,
  'conversations.info': 3,
  'conversations.join': 3,
  'conversations.list': 2,
  'conversations.members': 4,
  'conversations.open': 3,
  'conversations.replies': 3,
  'files.completeUploadExternal': 4,
  'files.getUploadURLExternal': 4,
  'files.info': 4,
  'reactions.add': 3,
  'reactions.remove': 2,
  'users.conversations': 3,
  'users.info': 4,
  'users.list': 2,
  'views.open': 4,
  'views.publish': 4,
  'views.update': 4,
}

/** How many calls a minute Slack takes from one token, in all channels together; null where it says nothing of the kind. */
export function callsPerMinute(method: string): number | null {
  const tier = tiers[method]
  return tier === undefined ? null : perMinute[tier]
}
