import type { Scenario } from '../scenario.ts'

const answered = /Esc to (?:close|dismiss)|(?:to|or Escape to) dismiss/

export const sideQuestion: Scenario = {
  name: 'btw',
  about: 'A question beside the conversation, by /btw in a terminal.',
  isInteractive: true,
  run: async (stage) => {
    await stage.converse(async (conversation) => {
      await conversation.ask([{ usage: { output_tokens: 100 } }], 'One.')
      await conversation.command('/btw What is a zebra?', answered)
      await conversation.answer('escape', answered)
      await conversation.ask([{ usage: { output_tokens: 200 } }], 'Two.')
    })
  },
}
