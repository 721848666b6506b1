import { describe, expect, it } from 'vitest'
import { asksTheSame, groupedByQuestion } from '../../../core/knowledge/same-question.ts'

describe('asks the same', () => {
  it.each([
    ['How long are invoices kept?', 'how long are the INVOICES kept'],
    ['How long are invoices kept?', 'For how long is an invoice kept?!'],
    ['Who approves travel expenses?', 'Who approves the expenses of travelling?'],
    ['What is the refund policy for yearly plans?', 'what is our refund policy for yearly plan'],
    ['Wer darf Reisen genehmigen?', 'wer darf reisen genehmigen'],
    ['is it?', 'Is it?'],
  ])('%j as %j', (one, other) => {
    expect(asksTheSame(one, other)).toBe(true)
    expect(asksTheSame(other, one)).toBe(true)
  })

  it.each([
    ['How long are invoices kept?', 'How long are contracts kept?'],
    ['Who owns the staging database?', 'Who owns the production database?'],
    ['When is the review?', 'Where is the review?'],
    ['Which plant grows in the courtyard of office basalt?', 'Which plant grows in the courtyard of office slate?'],
    ['Who approves expenses?', 'How are expenses approved?'],
    ['May I expense a lunch with customers?', 'May I not expense a lunch with customers?'],
    ['Which revenue target do we reach by Q3?', 'Which revenue target do we reach by Q4?'],
    ['Who leads the whole sales team in Berlin today?', 'Who leads the whole sales team in Paris today?'],
    ['What is the refund policy?', 'What is the refund policy for yearly plans bought through resellers?'],
    ['', ''],
    ['???', '!!!'],
    ['How long are invoices kept?', ''],
  ])('not %j as %j', (one, other) => {
    expect(asksTheSame(one, other)).toBe(false)
    expect(asksTheSame(other, one)).toBe(false)
  })

  it('takes no time over very long questions', () => {
    const long = 'how long are invoices kept '.repeat(2_000)
    const begun = performance.now()
    expect(asksTheSame(long, `${long} too`)).toBe(true)
    expect(performance.now() - begun).toBeLessThan(500)
  })
})

it('groups what asks the same, in order', () => {
  const asked = ['How long are invoices kept?', 'Who is Bob?', 'how long are invoices kept', '', 'who is bob?', '']
  expect(groupedByQuestion(asked, (text) => text)).toEqual([
    ['How long are invoices kept?', 'how long are invoices kept'],
    ['Who is Bob?', 'who is bob?'],
    [''],
    [''],
  ])
})
