import { toName } from '@signalbox/contract/printable'
import type { QuestionChoice, QuestionContent, QuestionDetail, QuestionKind } from '@signalbox/contract/question'

/** The hub takes 40,000 characters; a person reads fewer. */
const MAX_CHARACTERS = 30_000
const MAX_DETAIL_CHARACTERS = 12_000
const MAX_DETAILS = 19
const MAX_CHOICES = 10
const MAX_OPTIONS = 20
const MAX_SUGGESTIONS = 20

type Input = Readonly<Record<string, unknown>>

/** What the event PermissionRequest asks: a permission, the questions of the model, or the approval of a plan. */
export function readQuestion(event: Input): { readonly kind: QuestionKind; readonly content: QuestionContent } | undefined {
  const tool = typeof event.tool_name === 'string' ? toName(event.tool_name, 200) : ''
  if (tool === '') return undefined
  const input = record(event.tool_input)
  const choices = tool === 'AskUserQuestion' ? readChoices(input.questions) : []
  const kind = tool === 'ExitPlanMode' ? 'plan' : choices.length > 0 ? 'question' : 'permission'
  return {
    kind,
    content: {
      tool,
      details: choices.length > 0 ? [] : readDetails(input),
      // The model's own questions have nothing to allow for good.
      suggestions: kind === 'question' ? [] : suggestionsOf(event).map(describeSuggestion),
      choices,
    },
  }
}

/** What "always" would change, as the event has it. */
export function suggestionsOf(event: Input): Input[] {
  const all = Array.isArray(event.permission_suggestions) ? event.permission_suggestions : []
  return all
    .map(record)
    .filter(({ type }) => typeof type === 'string')
    .slice(0, MAX_SUGGESTIONS)
}

/** The questions of the model; none when one of them could not be answered as it stands. */
function readChoices(questions: unknown): QuestionChoice[] {
  if (!Array.isArray(questions) || questions.length > MAX_CHOICES) return []
  const choices = questions.map(record).map(({ question, header, multiSelect, options }) => ({
    question: shownText(question, 2_000),
    ...(typeof header === 'string' && header !== '' ? { header: shownText(header, 200) } : {}),
    several: multiSelect === true,
    options: (Array.isArray(options) ? options : []).map(record).map(({ label, description }) => ({
      label: shownText(label, 500),
      ...(typeof description === 'string' && description !== '' ? { description: shownText(description, 2_000) } : {}),
    })),
  }))
  const isComplete = choices.every(
    ({ question, options }) =>
      question !== '' && options.length > 0 && options.length <= MAX_OPTIONS && options.every(({ label }) => label !== ''),
  )
  return isComplete ? choices : []
}

function readDetails(input: Input): QuestionDetail[] {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined && value !== null && value !== '')
  let left = MAX_CHARACTERS
  const details = entries.slice(0, MAX_DETAILS).map(([name, value]): QuestionDetail => {
    const whole = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
    const length = Math.min(whole.length, MAX_DETAIL_CHARACTERS, left)
    left -= length
    const cut = whole.length - length
    return { name: toName(name, 100) || 'input', text: shownText(whole, length), ...(cut > 0 ? { cut } : {}) }
  })
  const more = entries.length - details.length
  return more > 0 ? [...details, { name: 'more', text: `${more} more inputs are not shown` }] : details
}

const places: Readonly<Record<string, string>> = {
  session: 'for this session',
  localSettings: 'in this project, for this user',
  projectSettings: 'in this project, for everyone',
  userSettings: 'in every project of this user',
}

function describeSuggestion({ type, rules, behavior, mode, directories, destination }: Input): string {
  const place = typeof destination === 'string' ? `, ${places[destination] ?? destination}` : ''
  const what = () => {
    if (Array.isArray(rules)) {
      const names = rules
        .map(record)
        .map(({ toolName, ruleContent }) => (ruleContent === undefined ? `${toolName}` : `${toolName}(${ruleContent})`))
      return `${behavior === 'allow' ? '' : `${behavior}: `}${names.join(', ')}`
    }
    if (typeof mode === 'string') return `permission mode ${mode}`
    if (Array.isArray(directories)) return `folders ${directories.join(', ')}`
    return String(type)
  }
  const text = `${what()}${place}`
  // Cut in the middle, it would say that less is allowed.
  return text.length > 500 ? shownText(`${text.slice(0, 440)}… (cut: see the terminal)${place}`, 500) : shownText(text, 500)
}

/** Text that the hub takes: UTF-8 has no lone surrogates, and no zero bytes are wanted. */
function shownText(value: unknown, maxLength: number): string {
  return typeof value === 'string' ? value.slice(0, maxLength).replace(/[\p{Surrogate}\0]/gu, '\ufffd') : ''
}

function record(value: unknown): Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Input) : {}
}
