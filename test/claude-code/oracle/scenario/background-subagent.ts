import { agent, bash, text } from '../../../support/messages-api.ts'
import { NotPossible } from '../not-possible.ts'
import type { Scenario } from '../scenario.ts'

export const backgroundSubagent: Scenario = {
  name: 'background',
  about: 'A subagent in the background: the conversation ends its turn first and begins another when the subagent has ended.',
  run: async (stage) => {
    const below = [{ usage: { output_tokens: 6_000 } }, { pause: 300 }, bash('sleep 1'), text('Below.')]
    await stage.print([{ usage: { output_tokens: 500 } }, agent(below, { background: true }), text('Started.'), text('Ended.')])
    const [started, ended] = ['Agent', 'Bash'].map((tool) =>
      stage.answers.find(({ tools }) => tools.includes(tool) || tools.includes('Task')),
    )
    if (started === undefined || ended === undefined) throw new NotPossible('has no subagents in the background')
  },
}
