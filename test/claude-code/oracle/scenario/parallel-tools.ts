import { agent, bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

export const parallelTools: Scenario = {
  name: 'parallel',
  about: 'Three tools in one answer, then two subagents in one answer.',
  run: async (stage) => {
    const below = [{ usage: { output_tokens: 2_000 } }, { pause: 200 }, text('Below.')]
    await stage.print([
      { usage: { output_tokens: 900 } },
      { pause: 200 },
      { together: [bash('true'), bash('echo two'), bash('echo three')] },
      { together: [agent(below), agent(below, { say: 'Go on as well.' })] },
      text('Above.'),
    ])
  },
}
