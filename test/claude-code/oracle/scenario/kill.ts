import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

/** Long enough for a client to write what it has. */
const HALF_AN_ANSWER_MS = 600

export const kill: Scenario = {
  name: 'kill',
  about: 'kill -9 in the midst of an answer, and the session is continued.',
  run: async (stage) => {
    const session = randomUUID()
    await stage.interrupted(async () => {
      const child = stage.startPrint([{ usage: { output_tokens: 800 } }, { pause: 200 }, bash('true'), { hang: true }], { session })
      await stage.until('half an answer', () => (stage.answers[1]?.used.output_tokens ?? 0) > 0)
      await sleep(HALF_AN_ANSWER_MS)
      await child.stop('SIGKILL')
    })
    await stage.print([{ usage: { output_tokens: 300 } }, text('It goes on.')], { resume: session })
  },
}
