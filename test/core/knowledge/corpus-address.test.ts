import { expect, it } from 'vitest'
import { shownAddress, withoutCredentials } from '../../../core/knowledge/corpus-address.ts'

it.each([
  ['https://example.org/a.git', 'https://example.org/a.git'],
  ['https://ada:key@example.org/a.git', 'https://example.org/a.git'],
  ['https://key@example.org/a@b', 'https://example.org/a@b'],
  ['https://ada:p@ss@example.org/a.git', 'https://example.org/a.git'],
  ['git@example.org:a.git', 'git@example.org:a.git'],
  ['/srv/docs', '/srv/docs'],
])('shows %s as %s', (address, shown) => {
  expect(shownAddress(address)).toBe(shown)
})

it('takes a key out of what a program printed about it', () => {
  const said = "fatal: unable to access 'https://ada:s3cret@example.org/a.git/': see https://x:s3cret@example.org/b"
  expect(withoutCredentials(said, 'https://ada:s3cret@example.org/a.git')).not.toContain('s3cret')
})

it('leaves no part of a key with an @ in it, and takes no time over what a hostile server says', () => {
  expect(withoutCredentials('see https://x:s3@cret@example.org/b', 'https://example.org/a.git')).not.toContain('cret')
  const before = performance.now()
  withoutCredentials('a'.repeat(200_000), '/srv/docs')
  expect(performance.now() - before).toBeLessThan(1_000)
})
