const homes = ['slack.com', 'slack-gov.com']

/** Whether an address is Slack's own, or below the server of `apiUrl`: only there do we send what somebody else names an address for. */
export function isSlackAddress(address: string, apiUrl: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, username, password } = new URL(address)
  const api = new URL(apiUrl)
  if (username !== '' || password !== '') return false
  if (protocol === api.protocol && hostname === api.hostname) return true
  return protocol === 'https:' && homes.some((home) => hostname === home || hostname.endsWith(`.${home}`))
}
