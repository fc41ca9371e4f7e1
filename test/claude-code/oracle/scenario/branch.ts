import type { Scenario } from '../scenario.ts'

export const branch: Scenario = {
  name: 'branch',
  about: 'A conversation in a terminal that goes on in a branch of itself, by /branch.',
  isInteractive: true,
  run: async (stage) => {
    await stage.converse(async (conversation) => {
      await conversation.ask([{ usage: { output_tokens: 100 } }], 'One.')
      await conversation.command('/branch', /Branched|now in the (?:new )?branch/)
      await conversation.ask([{ usage: { output_tokens: 200 } }], 'Two.')
    })
  },
}
