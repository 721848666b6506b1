import { type ChatNetworkFixture, chatNetworkContract } from '../../contract/chat-network.ts'
import { startErgo } from '../../support/ergo.ts'
import { startInspIrcd } from '../../support/inspircd.ts'
import { startIrcNetwork } from '../../support/irc-network.ts'
import { ircPerson } from '../../support/irc-person.ts'

chatNetworkContract('Ergo', async () => fixtureOn(await startErgo()), { hasSessions: true })
chatNetworkContract('InspIRCd', async () => fixtureOn(await startInspIrcd()), { hasSessions: true })

function fixtureOn(server: { port: number } & AsyncDisposable): ChatNetworkFixture {
  const { port } = server
  const open: AsyncDisposable[] = [server]
  return {
    async [Symbol.asyncDispose]() {
      for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
    },
    async open(options = {}) {
      const recorded = startIrcNetwork({ port, ...options })
      open.push(recorded)
      await recorded.network.ready(10_000)
      return recorded
    },
    async person(nick) {
      const person = await ircPerson({ port, nick })
      open.push(person)
      await person.join('#breakroom')
      return {
        address: nick,
        say: (text) => person.say('#breakroom', text),
        dm: (to, text) => person.dm(to, text),
        heard: () =>
          person.heard
            .filter((one) => ['cto', 'ceo', 'breakroom'].includes(one.nick))
            .map((one) => ({ nick: one.nick, text: one.text, inRoom: one.target.startsWith('#') })),
        leave: () => person.close(),
      }
    },
  }
}
