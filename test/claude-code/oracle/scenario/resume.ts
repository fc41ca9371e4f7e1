import { bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

export const resume: Scenario = {
  name: 'resume',
  about: 'A session that is continued twice, by another process each time.',
  run: async (stage) => {
    const { session_id } = await stage.print([{ usage: { output_tokens: 100 } }, bash('true'), text('One.')])
    const second = await stage.print([{ usage: { output_tokens: 200 } }, text('Two.')], { resume: session_id })
    // Old versions continue under a new id.
    await stage.print([{ usage: { output_tokens: 300 } }, text('Three.')], { resume: second.session_id })
  },
}
