import { agent, bash, text } from '../../../support/messages-api.ts'
import { NotPossible } from '../not-possible.ts'
import type { Scenario } from '../scenario.ts'

export const nestedSubagents: Scenario = {
  name: 'nested',
  about: 'A subagent that starts a subagent.',
  run: async (stage) => {
    const lowest = [{ usage: { output_tokens: 6_000 } }, { pause: 200 }, bash('true'), text('Lowest.')]
    const below = [{ usage: { output_tokens: 3_000 } }, { pause: 200 }, agent(lowest), text('Below.')]
    await stage.print([{ usage: { output_tokens: 500 } }, agent(below), text('Above.')])
    const starts = stage.answers.filter(({ tools }) => tools.some((tool) => tool === 'Agent' || tool === 'Task'))
    if (starts.length < 2) throw new NotPossible('lets no subagent start another')
  },
}
