import { agent, bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

export const subagent: Scenario = {
  name: 'subagent',
  about: 'A subagent in the foreground, which calls a tool and answers.',
  run: async (stage) => {
    const below = [{ usage: { output_tokens: 6_000 } }, { pause: 300 }, bash('true'), text('Below.')]
    await stage.print([{ usage: { output_tokens: 500 } }, agent(below), text('Above.')])
  },
}
