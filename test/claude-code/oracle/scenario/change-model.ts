import { NotPossible } from '../not-possible.ts'
import type { Scenario } from '../scenario.ts'

export const changeModel: Scenario = {
  name: 'model',
  about: 'Another model in the midst of a conversation, by /model in a terminal.',
  isInteractive: true,
  run: async (stage) => {
    await stage.converse(async (conversation) => {
      await conversation.ask([{ usage: { output_tokens: 100 } }], 'One.')
      await conversation.command('/model haiku', /Switch model\?|Set model to|Switched to/)
      await conversation.answer('enter', /Switch model\?/)
      await conversation.ask([{ usage: { output_tokens: 200 } }], 'Two.')
    })
    const models = new Set(stage.answers.map(({ model }) => model))
    if (models.size < 2) throw new NotPossible('does not change its model by /model')
  },
}
