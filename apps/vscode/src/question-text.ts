import { printable } from '@signalbox/contract/printable'
import type { AskedQuestion, QuestionContent } from '@signalbox/contract/question'

const MAX_DETAIL = 300

/** What a session asks, in one or two lines: `Allow Bash? npm test`. */
export function questionText({ kind, content }: Pick<AskedQuestion, 'kind' | 'content'>): string {
  if (content === undefined) return 'It asks for something.'
  if (kind === 'question') return content.choices.map(({ question }) => printable(question)).join(' ')
  const detail = detailOf(content)
  if (kind === 'plan') return `Approve this plan?${detail}`
  return `Allow ${printable(content.tool)}?${detail}`
}

function detailOf({ details }: QuestionContent): string {
  const [first] = details
  if (first === undefined) return ''
  const text = printable(first.text.replace(/\s+/g, ' ').trim())
  return ` ${text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL)}…` : text}`
}
