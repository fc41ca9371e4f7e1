import type { Scenario } from '../scenario.ts'

export const compact: Scenario = {
  name: 'compact',
  about: 'A conversation in a terminal that is compacted and goes on.',
  isInteractive: true,
  run: async (stage) => {
    await stage.converse(async (conversation) => {
      await conversation.ask([{ usage: { output_tokens: 100 } }], 'One.')
      await conversation.ask([{ usage: { output_tokens: 200 } }], 'Two.')
      await conversation.command('/compact', 'answer')
      await conversation.ask([{ usage: { output_tokens: 300 } }], 'Three.')
    })
  },
}
