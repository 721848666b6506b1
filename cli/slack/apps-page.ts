/** Where Slack's apps are looked after: GovSlack has pages of its own. */
export function appsPageOf(apiUrl: string): string {
  const gov = /(^|\.)slack-gov\.com$/.test(new URL(apiUrl).hostname)
  return `https://api.slack${gov ? '-gov' : ''}.com/apps`
}
