import type { QuestionAnswer } from '@signalbox/contract/question'
import { suggestionsOf } from './question-content.ts'

const DENIED = 'The user denied this from another device.'

/** What a hook prints to answer the event PermissionRequest. @returns undefined when the answer does not fit the event */
export function decisionOutput(event: Readonly<Record<string, unknown>>, answer: QuestionAnswer): string | undefined {
  const decision = decisionOf(event, answer)
  return decision && JSON.stringify({ hookSpecificOutput: { hookEventName: 'PermissionRequest', decision } })
}

function decisionOf(event: Readonly<Record<string, unknown>>, { decision, message, chosen }: QuestionAnswer): object | undefined {
  if (decision === 'deny') return { behavior: 'deny', message: message ?? DENIED }
  if (decision === 'allow_always') return { behavior: 'allow', updatedPermissions: suggestionsOf(event) }
  if (decision !== 'allow') return undefined
  if (chosen === undefined) return { behavior: 'allow', ...inputOf(event) }
  const input = event.tool_input as {
    readonly questions?: readonly { readonly question: string; readonly options: readonly { readonly label: string }[] }[]
  }
  const { questions = [] } = input
  if (questions.length !== chosen.length) return undefined
  // The labels as the model wrote them: what was shown may have been cut.
  const answers = questions.map(({ question, options }, index) => {
    const { selected, text } = chosen[index]!
    const words = [...selected.map((place) => options[place]?.label ?? ''), ...(text === undefined ? [] : [text])]
    return [question, words.join(', ')]
  })
  return { behavior: 'allow', updatedInput: { ...input, answers: Object.fromEntries(answers) } }
}

/** Tools that only a person can let go on: the client asks all the same unless the hook gives their input back. */
const INTERACTIVE_TOOLS: readonly unknown[] = ['ExitPlanMode', 'EnterPlanMode']

function inputOf({ tool_name, tool_input }: Readonly<Record<string, unknown>>): { readonly updatedInput?: unknown } {
  return INTERACTIVE_TOOLS.includes(tool_name) ? { updatedInput: tool_input } : {}
}
