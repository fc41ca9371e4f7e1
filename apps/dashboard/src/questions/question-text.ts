import type { AskedQuestion } from '../hub/question.ts'

/** How long a settled question stays on the screen. */
export const SETTLED_SHOWN_MS = 60_000

/** What a session asks, as a title. */
export function titleOf({ kind, content }: Pick<AskedQuestion, 'kind' | 'content'>): string {
  if (kind === 'plan') return 'Approve the plan?'
  if (kind === 'question') return 'A question for you'
  return content === undefined ? 'A permission' : `Allow ${content.tool}?`
}

const decisions = { allow: 'allowed', allow_always: 'allowed always', deny: 'denied' } as const

/** What became of a question, once it is answered or can no longer be; undefined while it is open. */
export function settledText({ kind, state, answered, outcome }: AskedQuestion): string | undefined {
  if (state === 'open') return undefined
  const decided = kind === 'question' && answered?.decision === 'allow' ? 'answered' : decisions[answered?.decision ?? 'allow']
  const given = answered === undefined ? undefined : `${decided} by ${answered.by}${answered.via === 'link' ? ', with a link' : ''}`
  if (state === 'answered') return `${capital(given ?? 'answered')}. The session gets the answer …`
  switch (outcome) {
    case 'applied':
      return given === undefined ? 'Answered. The session goes on.' : `${capital(given)}. The session goes on.`
    case 'terminal':
      return `Answered in the terminal.${given === undefined ? '' : ` ${capital(given)} too, a moment later: that did not count.`}`
    case 'session_ended':
      return 'The session has ended.'
    case 'timed_out':
      return 'No one has answered in time. The terminal still asks.'
    default:
      return `The machine that asked is gone.${given === undefined ? '' : ` ${capital(given)}, and it is not known whether that counted.`}`
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The questions that a screen shows: open ones, and those settled just now. @param now by the hub's clock */
export function shownQuestions(questions: readonly AskedQuestion[], now: number, session?: string): AskedQuestion[] {
  return questions.filter(
    ({ session_id, ended_at }) =>
      (session === undefined || session_id === session) && (ended_at === undefined || now - Date.parse(ended_at) < SETTLED_SHOWN_MS),
  )
}
