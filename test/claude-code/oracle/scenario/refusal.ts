import { bash } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

export const refusal: Scenario = {
  name: 'refusal',
  about: 'The model refuses: once before any output, which costs nothing, and once in the midst of its answer.',
  run: async (stage) => {
    await stage.print([bash('true'), { usage: { output_tokens: 0 } }, { refuse: 'before output' }])
    await stage.print([bash('true'), { usage: { output_tokens: 600 } }, { pause: 200 }, { refuse: 'midway' }])
  },
}
