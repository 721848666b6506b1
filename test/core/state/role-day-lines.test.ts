import { describe, expect, it } from 'vitest'
import { withMeasured } from '../../../core/state/measure.ts'
import { roleDayLines } from '../../../core/state/role-day-lines.ts'
import { dayRecord } from '../../support/state.ts'

describe('what roles did, as a table', () => {
  it('has a row for each role of each day, the newest day last, with figures below each other', () => {
    const days = [
      dayRecord('cto', '2026-11-22', 1, { model_calls: 0, tokens_in: 0, tokens_out: 0, usd: 0 }),
      dayRecord('cto', '2026-11-21', 12, {
        failed: 1,
        cancelled: 2,
        returned: 3,
        hand_ins: 10,
        execution_ms: 600_000,
        longest_ms: 7_200_000,
        checks_passed: 9,
        checks_failed: 3,
      }),
      dayRecord('backend', '2026-11-21', 1, { completed: 0, usd: 1_234.5, tokens_in: 2_400_000 }),
    ]
    expect(roleDayLines(days)).toEqual([
      'day          role      assigned   done   failed   cancelled    rate   hand-ins   back   each   longest    checks   calls   tokens       usd',
      '2026-11-21   backend          1                                              1          60 s      60 s                 3     2.4M   1234.50',
      '             cto             12     12        1           2    80 %         10      3   60 s       2 h   9 of 12       3    12.9K      0.01',
      '2026-11-22   cto              1      1                        100 %          1          60 s      60 s',
    ])
  })

  it('leaves out what nobody has a figure for', () => {
    const day = withMeasured(null, { role: 'cto', day: '2026-11-21', adds: { assigned: 3 } })
    expect(roleDayLines([day])).toEqual(['day          role   assigned', '2026-11-21   cto           3'])
  })

  it('gives no time for hand-ins where there were none', () => {
    const day = withMeasured(null, { role: 'cto', day: '2026-11-21', adds: { claims: 1, failed: 1 } })
    expect(roleDayLines([day])).toEqual(['day          role   failed   rate', '2026-11-21   cto         1    0 %'])
  })

  it('says when nothing was measured', () => {
    expect(roleDayLines([])).toEqual(['Nothing was measured yet.'])
  })
})
