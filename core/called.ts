import { oneLine } from './clean-text.ts'

/** Whatever is in no name: what ends one (`bob> `, `bob: `), begins another, or sets words in a style. */
const strange =
  /[^ .'’()&+_\-\u200d\p{L}\p{N}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]+/gu
const limit = 64

/**
 * What somebody calls themselves, where anybody may call themselves anything, as it can stand in front of words: nothing in it passes
 * for somebody else's line, and a name that is `taken` by one of us says what it is (`kind`).
 */
export function called(name: string, taken: (name: string) => boolean, kind: 'a person' | 'a bot'): string {
  const plain = oneLine(oneLine(name, limit).replace(strange, ' '), limit) || 'somebody'
  return taken(plain.toLowerCase()) ? `${plain} (${kind})` : plain
}
