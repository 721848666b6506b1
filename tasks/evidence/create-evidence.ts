import { type Benches, createBenches } from './benches.ts'
import { createGate, type Gate } from './gate.ts'
import { createRecorder, type Recorder, type RecorderParts } from './recorder.ts'
import { type ServeEvidence, type ServeEvidenceParts, serveEvidence } from './serve-evidence.ts'

/** Everything about evidence that a term of the task service shares: who verifies, who judges and who asks use the same. */
export interface EvidenceMakers {
  recorder: Recorder
  gate: Gate
  benches: Benches
  runs: ServeEvidence
}

export function createEvidence(
  parts: RecorderParts & Omit<ServeEvidenceParts, 'recorder' | 'benches'>,
): EvidenceMakers {
  const recorder = createRecorder(parts)
  const gate = createGate(parts)
  const benches = createBenches(parts)
  return { recorder, gate, benches, runs: serveEvidence({ ...parts, recorder, benches }) }
}
