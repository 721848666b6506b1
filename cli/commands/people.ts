import { replaceFounderWords } from '../../adapters/servers/founder-login.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/** `breakroom people`: who is known, with what rights and accounts. */
export function people(fleet: Fleet, output: Output): void {
  const rows = Object.entries(fleet.people).map(([id, { name, tier, irc }]) => {
    const accounts = Object.entries(irc).map(([network, account]) => `${account} on ${network}`)
    return `human-${id}  ${name}, ${tier}${accounts.length > 0 ? `, ${accounts.join(', ')}` : ', no account linked'}`
  })
  const text = rows.length === 0 ? 'Nobody is in breakroom.yaml under "people:".' : rows.join('\n')
  output.result(text, { people: fleet.people })
}

/** `breakroom people login`: a new word for the founder; the old one ends at once. */
export async function newLogin(settings: Settings, output: Output): Promise<void> {
  const word = await replaceFounderWords(settings.home)
  const text = `The new word, shown this once: ${word}\nThe old one is no longer taken.`
  output.result(text, { founder_word: word })
}
