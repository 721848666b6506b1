import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'

/** What a check came to on certain files, as the house saw it itself. */
export const evidenceRunSchema = z.strictObject({
  version: z.literal(1),
  /** The same run, however often it is told of. */
  id: z.string().min(1).max(300),
  check: z.string().min(1).max(64),
  argv: z.array(z.string()),
  /** Whose workspace it ran in. */
  role: z.string().min(1).max(64),
  /** The task that it was run for, by label, or null. */
  task: z.string().max(20).nullable(),
  /** The files before and after, when they are the same; null when they are in no repository or changed meanwhile. */
  tree: z.string().max(64).nullable(),
  commit: z.string().max(64).nullable(),
  exit_code: z.int().nullable(),
  /** Why it ended otherwise, for people. */
  ended: z.string().max(300).nullable(),
  duration_ms: z.number().min(0),
  /** As far as its output tells. */
  tests: z.strictObject({ passed: z.int(), failed: z.int(), skipped: z.int() }).nullable(),
  /** Why a person has to look, although it passed. */
  doubts: z.array(z.string().max(300)).max(5),
  /** Redacted, without control characters. */
  output_tail: z.string().max(5_000),
  output_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
})
export type EvidenceRun = z.infer<typeof evidenceRunSchema>

/** A run with the signature of the house. */
export const signedRunSchema = z.strictObject({ run: evidenceRunSchema, signature: z.string().max(200) })
export type SignedRun = z.infer<typeof signedRunSchema>

/** Whether it ended well by itself. */
export function hasPassed({ exit_code, ended }: Pick<EvidenceRun, 'exit_code' | 'ended'>): boolean {
  return exit_code === 0 && ended === null
}

/** The run, signed with an Ed25519 key in PEM. */
export function signRun(run: EvidenceRun, privateKey: string): SignedRun {
  return { run, signature: sign(null, bytesOf(run), createPrivateKey(privateKey)).toString('base64url') }
}

/** Whether the house signed just this; `publicKey` in PEM. */
export function isSigned({ run, signature }: SignedRun, publicKey: string | KeyObject): boolean {
  const key = typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey
  return verify(null, bytesOf(run), key, Buffer.from(signature, 'base64url'))
}

/** The same run is the same bytes, in whatever order its keys came. */
function bytesOf(run: EvidenceRun): Buffer {
  const sorted = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  return Buffer.from(JSON.stringify(run, sorted))
}
