import { unescapeSlack } from './mrkdwn-line.ts'
import type { Inline, Mention } from './nodes.ts'

/** How somebody or something that was mentioned is called, or null when that is not known. */
export type NameOf = (of: Mention['of'], id: string) => string | null

/** What `inner` between `<` and `>` stands for in mrkdwn: a mention, a link, or the words beside it. */
export function refersTo(inner: string, names: NameOf): Inline {
  const bar = inner.indexOf('|')
  const target = bar === -1 ? inner : inner.slice(0, bar)
  const label = bar === -1 ? null : unescapeSlack(inner.slice(bar + 1))
  const mention = (of: Mention['of'], id: string, written: string | null): Inline => {
    const name = (names(of, id) ?? written ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim()
    return { kind: 'mention', of, id, name: name === '' ? id : name }
  }
  const [, sign, id = ''] = target.match(/^(@|#|!subteam\^)([A-Z0-9]+)$/) ?? []
  if (sign === '@') return mention('user', id, label)
  if (sign === '#') return mention('room', id, label)
  if (sign !== undefined) return mention('group', id, label?.replace(/^@/, '') ?? null)
  if (/^!(?:here|channel|everyone)$/.test(target))
    return { kind: 'mention', of: 'everyone', id: target.slice(1), name: target.slice(1) }
  if (target.startsWith('!')) return { kind: 'text', text: label ?? unescapeSlack(inner) }
  return (
    linkTo(unescapeSlack(target), label) ?? {
      kind: 'text',
      text: unescapeSlack(bar === -1 ? `<${inner}>` : `${label} (${target})`),
    }
  )
}

/** Slack makes links of what only looks like one (`example.com`, `a@example.com`); these are what was typed. */
function linkTo(href: string, label: string | null): Inline | null {
  if (!/^(?:https?:\/\/|mailto:)[^\s]+$/i.test(href)) return null
  if (/^mailto:/i.test(href) && (label === null || href.endsWith(`:${label}`)))
    return { kind: 'text', text: href.slice(7) }
  const bare = label === null || label === href || href.replace(/^https?:\/\//i, '').replace(/\/$/, '') === label
  return { kind: 'link', href, label: bare ? null : label }
}
