import { join } from 'node:path'
import { expect } from 'vitest'
import { blockKitProblems } from './slack/block-kit-limits.ts'

const folder = join(import.meta.dirname, '../fixtures/slack')

/**
 * Expects that Slack would take a screen, and that it is the one that is kept in test/fixtures/slack under this name. A screen that is
 * meant to change is written anew with `vitest -u`.
 */
export async function expectScreen(name: string, blocks: unknown, screen: unknown = blocks): Promise<void> {
  expect(blockKitProblems(blocks)).toEqual([])
  await expectKept(name, screen)
}

/** Expects that something Slack is told is what is kept under this name. */
export async function expectKept(name: string, told: unknown): Promise<void> {
  await expect(`${JSON.stringify(told, null, 2)}\n`).toMatchFileSnapshot(join(folder, `${name}.json`))
}

/** Every text in a screen that is of this type. */
export function textsOf(screen: unknown, type: 'plain_text' | 'mrkdwn'): string[] {
  if (Array.isArray(screen)) return screen.flatMap((part) => textsOf(part, type))
  if (screen === null || typeof screen !== 'object') return []
  if ('type' in screen && screen.type === type && 'text' in screen) return [String(screen.text)]
  return Object.values(screen).flatMap((part) => textsOf(part, type))
}
