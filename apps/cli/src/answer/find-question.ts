import type { AskedQuestion } from '@signalbox/client'
import { Failure } from '../failure.ts'
import type { Hub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { shortIds } from '../short-id.ts'

const MIN_PREFIX = 4

/** The one question whose id begins so; an ended one too, to say who was first. @throws Failure when it is not exactly one */
export async function findQuestion({ client }: Hub, prefix: string): Promise<AskedQuestion> {
  const questions = await client.listQuestions()
  const wanted = prefix.toLowerCase()
  const found = wanted.length < MIN_PREFIX ? [] : questions.filter(({ question_id }) => question_id.startsWith(wanted))
  const [first] = found
  if (first !== undefined && found.length === 1) return first
  if (found.length > 1) throw new Failure(`several questions begin with ${prefix}.`, 'Give more of the id.')
  const short = shortIds(questions.map(({ question_id }) => question_id))
  const open = questions.filter(({ state }) => state === 'open').map(({ question_id }) => short(question_id))
  throw new Failure(
    `there is no question ${prefix}.`,
    open.length === 0
      ? 'No session asks anything now.'
      : `Those that wait for an answer: ${open.join(', ')}. To see them: signalbox answer list`,
  )
}

/** @throws Failure inside of a session, whose model must not allow its own commands */
export function requirePerson({ env }: Io): void {
  if (env.CLAUDECODE === undefined && env.CLAUDE_CODE_SESSION_ID === undefined) return
  throw new Failure('a session cannot answer itself or another one.', 'Answer on the page, or in a terminal of your own.')
}
