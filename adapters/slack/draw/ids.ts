import { asidePrefix } from '../../../core/verbs.ts'

/*
 * What our buttons, forms and commands are called at Slack. What is on a screen outlives a release: a name is never given to
 * something else.
 */

/** Of every button that stands for a command; what it means is in its value. */
const press = 'br_press'

/** The slash command. */
export const slashCommand = asidePrefix.trim()
/** "Make this a task", in a message's menu. */
export const makeTaskShortcut = 'br_make_task'
/** The button that opens the form for a new task. */
export const newTaskAction = 'br_new_task'
/** The form for a new task, when it is sent. */
export const assignCallback = 'br_assign'
/** The small form for what a press asks, when it is sent. */
export const askCallback = 'br_ask'

/** The action of a button; `where` tells it from the others on its screen. */
export function pressAction(where: string): string {
  return `${press}:${where}`
}

/** Whether an action is a button that stands for a command. */
export function isPressAction(action: string): boolean {
  return action === press || action.startsWith(`${press}:`)
}
