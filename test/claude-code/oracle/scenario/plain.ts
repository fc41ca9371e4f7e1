import { bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

export const plain: Scenario = {
  name: 'plain',
  about: 'A prompt, a tool, an answer; cache writes of both kinds.',
  run: async (stage) => {
    const usage = { input_tokens: 7, output_tokens: 300, cache_creation_input_tokens: 5_000, ephemeral_1h_input_tokens: 4_000 }
    await stage.print([{ usage }, bash('true'), { usage: { ...usage, output_tokens: 90 } }, text('It is done.')])
  },
}
