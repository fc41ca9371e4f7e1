import type { AskedQuestion } from '../hub/question.ts'
import { t } from '../words/questions.ts'

/** How long a settled question stays on the screen. */
export const SETTLED_SHOWN_MS = 60_000

/** What a session asks, as a title. */
export function titleOf({ kind, content }: Pick<AskedQuestion, 'kind' | 'content'>): string {
  if (kind === 'plan') return t.approvePlan
  if (kind === 'question') return t.aQuestionForYou
  return content === undefined ? t.aPermission : t.allowTool(content.tool)
}

const decisions = { allow: t.allowed, allow_always: t.allowedAlways, deny: t.denied } as const

/** What became of a question, once it is answered or can no longer be; undefined while it is open. */
export function settledText({ kind, state, answered, outcome }: AskedQuestion): string | undefined {
  if (state === 'open') return undefined
  const decided = kind === 'question' && answered?.decision === 'allow' ? t.answered : decisions[answered?.decision ?? 'allow']
  const given = answered === undefined ? undefined : t.decidedBy(decided, answered.by, answered.via === 'link' ? t.withLink : '')
  if (state === 'answered') return t.theSessionGetsAnswer(capital(given ?? t.answered))
  switch (outcome) {
    case 'applied':
      return given === undefined ? t.answeredSessionGoesOn : t.theSessionGoesOn(capital(given))
    case 'terminal':
      return t.answeredInTerminal(given === undefined ? '' : t.tooMomentLaterThat(capital(given)))
    case 'session_ended':
      return t.theSessionHasEnded
    case 'timed_out':
      return t.noOneHasAnswered
    default:
      return t.theMachineThatAsked(given === undefined ? '' : t.andItIsNot(capital(given)))
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
