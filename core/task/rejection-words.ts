import { type RejectionCategory, rejectionCategories } from './task.ts'

/**
 * A no as somebody writes it: `defect: it loses the last line` is of the category `defect`, case ignored. Anything else in front, or a
 * category without a reason behind it, is part of the reason.
 */
export function readRejection(words: string): { reason: string; category?: RejectionCategory } {
  const [, word = '', reason = ''] = words.match(/^\s*([A-Za-z]{1,20})\s?:\s*(\S.*)$/s) ?? []
  const category = rejectionCategories.find((one) => one === word.toLowerCase())
  return category === undefined ? { reason: words } : { reason, category }
}
