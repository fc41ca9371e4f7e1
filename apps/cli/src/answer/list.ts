import type { AskedQuestion } from '@signalbox/client'
import { formatDuration } from '@signalbox/contract/duration-text'
import { printable, printableLines } from '@signalbox/contract/printable'
import { printJson } from '../hub/print-result.ts'
import { withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { findSession } from '../sessions/find.ts'
import { shortId, shortIds } from '../short-id.ts'
import { createTerminal } from '../terminal.ts'
import type { QuestionListOptions } from './question-options.ts'

const kinds = { permission: 'Permission for', question: 'Question', plan: 'Plan' } as const
/** Of a long text, so many lines are shown: the rest is on the page. */
const MAX_LINES = 12

export async function list(io: Io, options: QuestionListOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const session = options.session === undefined ? undefined : await findSession(hub, options.session)
    const questions = await hub.client.listQuestions({ state: 'open', ...(session === undefined ? {} : { session_id: session }) })
    if (options.json) return printJson(io, questions)
    if (questions.length === 0) return void io.stdout.write('No session asks anything now.\n')
    const short = shortIds(questions.map(({ question_id }) => question_id))
    const terminal = createTerminal(io)
    for (const question of questions) {
      const { question_id, kind, content, session_id, machine_id, agent_type, asked_at } = question
      const tool = kind === 'permission' && content !== undefined ? ` ${printable(content.tool)}` : ''
      const age = formatDuration(Math.max(0, hub.now() - Date.parse(asked_at)))
      const agent = agent_type === undefined ? '' : `, subagent ${printable(agent_type)}`
      terminal.write(`${terminal.style('bold', `${short(question_id)}  ${kinds[kind]}${tool}`)}\n`)
      terminal.write(`  session ${shortId(session_id)} on ${printable(machine_id)}${agent}, for ${age}\n`)
      for (const line of linesOf(question)) terminal.write(`  ${line}\n`)
      terminal.write('\n')
    }
  })
}

function linesOf({ content, kind }: AskedQuestion): string[] {
  if (content === undefined) return ['What is asked is not known here: see the terminal.']
  const { details, choices, suggestions } = content
  return [
    ...details.flatMap(({ name, text, cut }) => {
      const lines = printableLines(text).split('\n')
      const shown = lines.slice(0, MAX_LINES)
      const isShort = lines.length === 1
      const left = cut !== undefined || shown.length < lines.length ? ['    … more in the terminal and on the page'] : []
      return isShort
        ? [`${printable(name)}: ${shown[0]}`, ...left]
        : [`${printable(name)}:`, ...shown.map((line) => `    ${line}`), ...left]
    }),
    ...choices.flatMap(({ question, several, options }, index) => [
      `${choices.length > 1 ? `${index + 1}: ` : ''}${printable(question)}${several ? ' (several)' : ''}`,
      ...options.map(
        ({ label, description }, place) =>
          `    ${place + 1}  ${printable(label)}${description === undefined ? '' : `: ${printable(description)}`}`,
      ),
    ]),
    ...(suggestions.length === 0 ? [] : [`--always: ${suggestions.map(printable).join('; ')}`]),
    ...(kind === 'plan' ? ['Deny it to keep planning.'] : []),
  ]
}
