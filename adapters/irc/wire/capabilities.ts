/** What the ear asks of a server. Not event-playback: joins and parts of the past are no lines. */
export const earCapabilities = [
  'account-notify',
  'account-tag',
  'batch',
  'chghost',
  'draft/chathistory',
  'echo-message',
  'extended-join',
  'labeled-response',
  'message-tags',
  'server-time',
  'setname',
  'userhost-in-names',
]

/** What a voice asks: it only speaks, so the less the server tells it the better. */
export const voiceCapabilities = [
  'account-tag',
  'batch',
  'draft/no-implicit-names',
  'echo-message',
  'labeled-response',
  'message-tags',
  'server-time',
]

/**
 * Narrows a `CAP LS` or `CAP NEW` line to the capabilities we want, before the library sees it: it would ask for more than we
 * want, and answer a NEW without any of them with an empty request. Null for a line that has become pointless.
 */
export function narrowOffer(raw: string, wanted: ReadonlySet<string>): string | null {
  const match = /^((?:@\S+ )?(?::\S+ )?CAP \S+ (LS|NEW) (?:\* )?):?(.*)$/i.exec(raw)
  if (match === null) return raw
  const [, head = '', verb = '', offer = ''] = match
  const kept = offer.split(' ').filter((item) => wanted.has(item.split('=')[0] ?? ''))
  return kept.length === 0 && verb.toUpperCase() === 'NEW' ? null : `${head}:${kept.join(' ')}`
}
