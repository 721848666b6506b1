import type { SlackMember } from '../../adapters/slack/setup.ts'
import { isBreakroomError } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { AppSetup } from './app-setup.ts'
import type { Verdict } from './interview.ts'

/** Asks who the founder is in Slack; null for later. */
export function askForPerson(
  { interview, setup }: Pick<AppSetup, 'interview' | 'setup'>,
  botToken: string,
  where: { people: Fleet['people']; platform: string; founder: { id: string; name: string }; teamName: string },
): Promise<SlackMember | null> {
  return interview.ask<SlackMember | null>({
    text: `The e-mail address in ${where.teamName} of the founder (people.${where.founder.id} in breakroom.yaml), so that their yes counts there [later]`,
    blank: { good: null },
    otherwise: '',
    judge: (email) => find(email),
  })

  async function find(email: string): Promise<Verdict<SlackMember>> {
    const fix = 'Blank leaves it for later.'
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) return { problem: 'That is no e-mail address.', fix }
    const member = await lookUp(email)
    if (member === null) return { problem: `Nobody in ${where.teamName} has that address.`, fix }
    const other = Object.entries(where.people).find(([, { slack }]) => slack[where.platform] === member.id)
    if (other !== undefined) return { problem: `That is ${other[0]} already, by breakroom.yaml.`, fix }
    return { good: member }
  }

  async function lookUp(email: string): Promise<SlackMember | null> {
    try {
      return await setup.memberByEmail(botToken, email)
    } catch (error) {
      if (isBreakroomError(error, 'refused')) return null
      throw error
    }
  }
}
