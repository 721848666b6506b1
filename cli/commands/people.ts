import { replaceFounderWords } from '../../adapters/servers/founder-login.ts'
import type { Fleet } from '../../core/fleet.ts'
import { exitCodes } from '../exit-codes.ts'
import { askHouse } from '../house-bus.ts'
import type { Output } from '../output.ts'
import { readReady } from '../ready-file.ts'
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

/**
 * `breakroom people login`: a new word for the founder; the old one ends at once, and so does what was opened with it. Exit code 3
 * when the bridge of a fleet that runs could not be told.
 */
export async function newLogin(settings: Settings, output: Output): Promise<number> {
  const word = await replaceFounderWords(settings.home)
  const ended = await endLogins(settings)
  const others = ended
    ? 'whoever was logged in with it is no longer.'
    : 'the bridge could not be told, so whoever is logged in stays so until it is started again.'
  const text = `The new word, shown this once: ${word}\nThe old one is no longer taken; ${others}`
  output.result(text, { founder_word: word, logins_ended: ended })
  return ended ? exitCodes.ok : exitCodes.degraded
}

/** Logins live in the bridge's memory: without a fleet there are none. */
async function endLogins(settings: Settings): Promise<boolean> {
  if (settings.natsUrl === null && readReady(settings.home) === null) return true
  try {
    await askHouse(settings, 'bridge', 'end-logins', {})
    return true
  } catch {
    // Whatever it is: the word is made, and has to be shown.
    return false
  }
}
