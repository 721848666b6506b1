import { setImmediate as allThatIsDue } from 'node:timers/promises'
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
  const resting = new Set<{ until: number; wake: () => void }>()
  const order = createSpeakingOrder({
    now: () => now,
    rest: (ms, signal) =>
      new Promise<void>((wake) => {
        resting.add({ until: now + ms, wake })
        signal.addEventListener('abort', () => wake(), { once: true })
      }),
  })
  const shows = posts.map((post) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    order.posted(post, promise)
    return resolve
  })
  const wait = (ms: number) => {
    now += ms
    for (const sleeper of resting) {
      if (sleeper.until > now) continue
      resting.delete(sleeper)
      sleeper.wake()
    }
  }
  return { order, show: (index = 0) => shows[index]?.(), wait }
}

/** Asks for a line's turn; gives a look at whether it has come. Only the clock of `given` and lines that are shown bring it. */
function askFor(order: SpeakingOrder, post: OutgoingLine): () => Promise<boolean> {
  let came = false
  void order.turnOf(post).then(() => {
    came = true
  })
  return async () => {
    await allThatIsDue()
    return came
  }
}

const isItsTurn = (order: SpeakingOrder, post: OutgoingLine) => askFor(order, post)()

test('lines of one voice follow each other without waiting', async () => {
  const { order } = given(byRole('cto', 'a'), byRole('cto', 'b'))
  expect(await isItsTurn(order, byRole('cto', 'c'))).toBe(true)
})

test('another voice waits until what was said before it is shown', async () => {
  const { order, show } = given(byRole('cto', 'a'))
  const isOurs = askFor(order, byRole('ceo', 'b'))
  expect(await isOurs()).toBe(false)
  show()
  expect(await isOurs()).toBe(true)
})

test('a role does not wait for a role that the network holds back', async () => {
  const { order, wait } = given(byRole('cto', 'a'), byRole('cto', 'b'))
  const isOurs = askFor(order, byRole('ceo', 'c'))
  wait(249)
  expect(await isOurs()).toBe(false)
  wait(1)
  expect(await isOurs()).toBe(true)
})

test('a voice is held back as a whole: its newest line holds up nobody either', async () => {
  const { order, wait } = given(byRole('cto', 'a'))
  wait(250)
  order.posted(byRole('cto', 'b'), new Promise(() => {}))
  expect(await isItsTurn(order, byRole('ceo', 'c'))).toBe(true)
})

test('an answer never overtakes the line it answers', async () => {
  const { order, wait } = given(byRole('cto', 'a'))
  const isOurs = askFor(order, byRole('ceo', 'b', { inReplyTo: 'a' }))
  wait(10_000)
  expect(await isOurs()).toBe(false)
})

test("nobody overtakes a person's line, and a person's line overtakes nobody", async () => {
  const said = given(byPerson('a'))
  const isTheRoles = askFor(said.order, byRole('ceo', 'b'))
  said.wait(10_000)
  expect(await isTheRoles()).toBe(false)
  const heldBack = given(byRole('cto', 'a'))
  const isThePersons = askFor(heldBack.order, byPerson('b'))
  heldBack.wait(10_000)
  expect(await isThePersons()).toBe(false)
})

test('lines to one person alone wait for no other voice', async () => {
  const { order } = given(byRole('cto', 'a'))
  expect(await isItsTurn(order, byRole('ceo', 'b', { target: { nick: 'alice', account: null } }))).toBe(true)
})

test('a voice waits while too many lines are on their way', async () => {
  const { order, show } = given(...Array.from({ length: 128 }, (_, index) => byRole('cto', `${index}`)))
  const isOurs = askFor(order, byRole('cto', 'one more'))
  expect(await isOurs()).toBe(false)
  show(5)
  expect(await isOurs()).toBe(true)
})
