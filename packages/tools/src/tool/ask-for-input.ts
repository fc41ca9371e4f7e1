import { textSchema } from '@signalbox/contract/text'
import { z } from 'zod'
import { attemptArgument, onOwnSession, ownSessionArgument, ownSessionId } from '../find-session.ts'
import { progressKeys } from '../session-summary.ts'
import { defineTool } from '../tool.ts'

export const askForInput = defineTool({
  name: 'ask_for_input',
  title: 'Ask a person for input',
  description:
    'Shows on the board that your session waits for a person, with a short question. Use it when you cannot go on without a decision, and ' +
    'then ask the same in your answer and end your turn: this tool brings no answer back. The person answers in the session itself. ' +
    'The next report_progress takes the question back.',
  input: z.strictObject({
    question: textSchema(500).describe('One short question that a person can answer without more context. No secrets.'),
    session_id: ownSessionArgument,
    attempt: attemptArgument,
  }),
  scope: 'write',
  async run(client, { question, session_id, attempt }, context) {
    const id = ownSessionId(session_id, context)
    await onOwnSession(() =>
      client.updateSessionHeartbeat(
        id,
        { attempt, activity: 'waiting', waiting_for: 'input', metadata: { [progressKeys.question]: question } },
        { signal: context.signal },
      ),
    )
    return {
      text:
        'The board shows this session as waiting for input, and its page shows the question. No answer comes back through this tool: ' +
        'ask the same in your answer and end your turn. Where Claude Code itself reports the session, the board shows it as idle after your turn; the question stays on its page.',
      data: { session_id: id, waiting_for: 'input', answer_arrives: 'in the session' },
    }
  },
})
