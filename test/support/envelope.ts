import { type Envelope, envelopeVersion } from '../../core/envelope.ts'

/** A valid envelope with this id. */
export function envelopeOf(id: string, changes: Partial<Envelope> = {}): Envelope {
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id,
    source: 'test',
    type: 'chat.line',
    time: '2026-11-21T10:00:00.000Z',
    room: { name: 'breakroom', visibility: 'public' },
    actor: 'human-ada',
    authority: { requester: 'human-ada', chain: [] },
    trace: 'trace',
    hops: 0,
    data: { text: `line ${id}`, kind: 'say', speaker: 'ada', tier: 'member' },
    ...changes,
  }
}
