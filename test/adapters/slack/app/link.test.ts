import { describe, expect, it } from 'vitest'
import { createLink } from '../../../../adapters/slack/app/link.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'

const identity = { team: 'T1', user: 'U1', bot: 'B1', app: 'A1' }

function linkAt() {
  const clock = createVirtualClock()
  const told: string[] = []
  const second = () => clock.monotonic() / 1000
  const link = createLink({
    name: 'cto',
    clock,
    elapsed: clock.monotonic,
    mostSilence: 10_000,
    handlers: {
      onEvent: async () => {},
      onInteraction: async () => {},
      onUp: (_name, _identity, since) =>
        told.push(`${second()}: up since ${since?.toISOString().slice(17, 19) ?? 'ever'}`),
      onDown: (_name, reason, final) => told.push(`${second()}: down, ${reason}${final ? ' for good' : ''}`),
    },
  })
  return { clock, link, told }
}

describe('whether an app can be heard', () => {
  it('is told when it changes, with the last moment that proved it before', async () => {
    const { clock, link, told } = linkAt()
    link.heard()
    link.becomeUp(identity)
    await clock.advance(5_000)
    link.heard()
    await clock.advance(2_000)
    link.becomeDown('cut', false)
    link.becomeDown('still cut', false)
    await clock.advance(20_000)
    link.heard()
    link.becomeUp(identity)
    link.becomeUp(identity)
    expect(told).toEqual(['0: up since ever', '7: down, cut', '27: up since 05'])
  })

  it('is told once more when it turns out to be for good, and no more until it is up', () => {
    const { link, told } = linkAt()
    link.becomeDown('away', false)
    link.becomeDown('revoked', true)
    link.becomeDown('revoked', true)
    link.becomeDown('away', false)
    link.becomeUp(identity)
    expect(told).toEqual(['0: down, away', '0: down, revoked for good', '0: up since ever'])
  })

  it('F36: was down, too, when nothing proved it for longer than a living line is silent', async () => {
    const { clock, link, told } = linkAt()
    link.heard()
    link.becomeUp(identity)
    await clock.advance(10_000)
    link.heard()
    await clock.advance(10_001)
    link.heard()
    expect(told.slice(1)).toEqual(['20.001: down, Nothing was heard for 10 seconds.', '20.001: up since 10'])
    expect(link.up).toBe(true)
  })

  it('F36: knows since when it is silent, while it is up', async () => {
    const { clock, link } = linkAt()
    link.heard()
    await clock.advance(10_001)
    expect(link.silentSince).toBeNull()
    link.becomeUp(identity)
    expect(link.silentSince).toEqual(new Date(clock.now().getTime() - 10_001))
    link.heard()
    await clock.advance(10_000)
    expect(link.silentSince).toBeNull()
    link.becomeDown('cut', false)
    await clock.advance(10_000)
    expect(link.silentSince).toBeNull()
  })

  it('is told to nobody after the end', () => {
    const { link, told } = linkAt()
    link.becomeUp(identity)
    link.end()
    link.becomeDown('cut', false)
    link.becomeUp(identity)
    expect(told).toHaveLength(1)
  })
})
