import { bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

export const slowBlocks: Scenario = {
  name: 'slow-blocks',
  about: 'Answers of several blocks that come slowly, as real ones do, so that rows are written before the final figures.',
  run: async (stage) => {
    await stage.print([{ usage: { output_tokens: 700 } }, { pause: 400 }, bash('true'), text('It is done.')])
  },
}
