import { expect, test } from 'vitest'
import { createSpeakingOrder, type SpeakingOrder } from '../../bridge/speaking-order.ts'
import type { OutgoingLine } from '../../ports/chat.ts'

const byRole = (role: string, id: string, more: Partial<OutgoingLine> = {}): OutgoingLine => ({
  id,
  as: { kind: 'role', role },
  target: { room: 'breakroom' },
  kind: 'say',
  text: id,
  mergeable: true,
  ...more,
})
const byPerson = (id: string): OutgoingLine => byRole('', id, { as: { kind: 'ear' }, mergeable: false })

/** A clock that stands unless told otherwise, and lines that are shown when told. */
function given(...posts: OutgoingLine[]) {
  let now = 0
  const order = createSpeakingOrder(() => now)
  const shows = posts.map((post) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    order.posted(post, promise)
    return resolve
  })
  const wait = (ms: number) => {
    now += ms
  }
  return { order, show: (index = 0) => shows[index]?.(), wait }
}

/** Whether the line's turn is now; asks long enough for a timer that looks again to have looked. */
async function isItsTurn(order: SpeakingOrder, post: OutgoingLine): Promise<boolean> {
  const late = new Promise<false>((done) => setTimeout(() => done(false), 400))
  return Promise.race([order.turnOf(post).then(() => true), late])
}

test('lines of one voice follow each other without waiting', async () => {
  const { order } = given(byRole('cto', 'a'), byRole('cto', 'b'))
  expect(await isItsTurn(order, byRole('cto', 'c'))).toBe(true)
})

test('another voice waits until what was said before it is shown', async () => {
  const { order, show } = given(byRole('cto', 'a'))
  const turn = order.turnOf(byRole('ceo', 'b'))
  let came = false
  void turn.then(() => {
    came = true
  })
  await Promise.resolve()
  expect(came).toBe(false)
  show()
  await turn
})

test('a role does not wait for a role that the network holds back', async () => {
  const { order, wait } = given(byRole('cto', 'a'), byRole('cto', 'b'))
  expect(await isItsTurn(order, byRole('ceo', 'c'))).toBe(false)
  wait(250)
  expect(await isItsTurn(order, byRole('ceo', 'c'))).toBe(true)
})

test('a voice is held back as a whole: its newest line holds up nobody either', async () => {
  const { order, wait } = given(byRole('cto', 'a'))
  wait(250)
  order.posted(byRole('cto', 'b'), new Promise(() => {}))
  expect(await isItsTurn(order, byRole('ceo', 'c'))).toBe(true)
})

test('an answer never overtakes the line it answers', async () => {
  const { order, wait } = given(byRole('cto', 'a'))
  wait(10_000)
  expect(await isItsTurn(order, byRole('ceo', 'b', { inReplyTo: 'a' }))).toBe(false)
})

test("nobody overtakes a person's line, and a person's line overtakes nobody", async () => {
  const said = given(byPerson('a'))
  said.wait(10_000)
  expect(await isItsTurn(said.order, byRole('ceo', 'b'))).toBe(false)
  const heldBack = given(byRole('cto', 'a'))
  heldBack.wait(10_000)
  expect(await isItsTurn(heldBack.order, byPerson('b'))).toBe(false)
})

test('lines to one person alone wait for no other voice', async () => {
  const { order } = given(byRole('cto', 'a'))
  expect(await isItsTurn(order, byRole('ceo', 'b', { target: { nick: 'alice', account: null } }))).toBe(true)
})

test('a voice waits while too many lines are on their way', async () => {
  const { order, show } = given(...Array.from({ length: 128 }, (_, index) => byRole('cto', `${index}`)))
  expect(await isItsTurn(order, byRole('cto', 'one more'))).toBe(false)
  show(5)
  expect(await isItsTurn(order, byRole('cto', 'one more'))).toBe(true)
})
