import type { ActionsBlock } from '@slack/types'
import type { TaskCard } from '../../../core/task/card.ts'
import { buttonRow } from './buttons.ts'

/** The buttons of a task; `where` tells them from those of other tasks on the screen. */
export function taskButtons({ actions }: Pick<TaskCard, 'actions'>, where = ''): ActionsBlock[] {
  return buttonRow(
    actions.map(({ id, label, command, asks, confirm }) => {
      const style = styles.get(id)
      return { id, label, command, asks, confirm, until: null, ...(style === undefined ? {} : { style }) }
    }),
    where,
  )
}

const styles = new Map<string, 'primary' | 'danger'>([
  ['done', 'primary'],
  ['approve', 'primary'],
  ['stop', 'danger'],
])
