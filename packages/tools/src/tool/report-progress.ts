import { textSchema } from '@signalbox/contract/text'
import { z } from 'zod'
import { attemptArgument, onOwnSession, ownSessionArgument, ownSessionId } from '../find-session.ts'
import { progressKeys } from '../session-summary.ts'
import { defineTool } from '../tool.ts'

export const reportProgress = defineTool({
  name: 'report_progress',
  title: 'Report progress',
  description:
    'Shows the people who watch the board what your session is doing, in one short sentence, and that it is alive. Use it when a step of long ' +
    'work begins or ends, not more often than once a minute. It replaces the former progress and takes back a question of ask_for_input. ' +
    'Never put secrets, commands or file contents into it.',
  input: z.strictObject({
    progress: textSchema(300).describe('What is being done now, such as "3 of 7 tests fixed".'),
    percent: z.number().min(0).max(100).optional().describe('How much is done, 0 to 100, where that is known.'),
    session_id: ownSessionArgument,
    attempt: attemptArgument,
  }),
  scope: 'write',
  async run(client, { progress, percent, session_id, attempt }, context) {
    const id = ownSessionId(session_id, context)
    const { status, last_heartbeat } = await onOwnSession(() =>
      client.updateSessionHeartbeat(
        id,
        {
          attempt,
          activity: 'working',
          metadata: { [progressKeys.progress]: progress, [progressKeys.percent]: percent ?? null, [progressKeys.question]: null },
        },
        { signal: context.signal },
      ),
    )
    return { text: `Reported; the session is ${status} on the board.`, data: { session_id: id, status, last_heartbeat } }
  },
})
