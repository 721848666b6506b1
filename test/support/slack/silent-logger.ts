import { type Logger, LogLevel } from '@slack/web-api'

/** For SDKs in tests whose errors are ordered. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
}
