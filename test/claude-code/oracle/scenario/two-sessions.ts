import { agent, bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

export const twoSessions: Scenario = {
  name: 'two-sessions',
  about: 'Two sessions at once in one folder.',
  run: async (stage) => {
    const below = [{ usage: { output_tokens: 2_000 } }, { pause: 200 }, text('Below.')]
    await stage.printAll([
      { steps: [{ usage: { output_tokens: 100 } }, { pause: 100 }, bash('true'), text('One.')] },
      { steps: [{ usage: { output_tokens: 200 } }, { pause: 100 }, agent(below), text('Two.')] },
    ])
  },
}
