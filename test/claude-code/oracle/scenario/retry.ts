import { bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

export const retry: Scenario = {
  name: 'retry',
  about: 'The API is overloaded (529) twice; the client tries again.',
  run: async (stage) => {
    await stage.print([{ usage: { output_tokens: 400 } }, { fail: 529, times: 2 }, bash('true'), text('It is done.')])
  },
}
