import type { Scenario } from '../scenario.ts'

export const clear: Scenario = {
  name: 'clear',
  about: 'A conversation in a terminal that is cleared: another session of the same process.',
  isInteractive: true,
  run: async (stage) => {
    await stage.converse(async (conversation) => {
      await conversation.ask([{ usage: { output_tokens: 100 } }], 'One.')
      await conversation.command('/clear', (screen) => !screen.includes('One.'))
      await conversation.ask([{ usage: { output_tokens: 200 } }], 'Two.')
    })
  },
}
