import { type Logger, LogLevel } from '@slack/bolt'
import type { Log } from '../../../ports/log.ts'

/** Bolt's logger. Only its own sentences are kept, because what it logs beside them can hold what people wrote. */
export function boltLog(log: Log): Logger {
  return {
    debug() {},
    info() {},
    warn: (sentence: unknown) => log.warn({ bolt: asSentence(sentence) }, 'bolt warned'),
    error: (sentence: unknown) => log.error({ bolt: asSentence(sentence) }, 'bolt failed'),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  }
}

function asSentence(sentence: unknown): string {
  return typeof sentence === 'string' ? sentence : 'something that is no sentence'
}
