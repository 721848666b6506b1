import { type Logger, LogLevel } from '@slack/web-api'

/** For Slack's own libraries: what they would print is told by us, once, without the arguments of calls. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => LogLevel.ERROR,
}
