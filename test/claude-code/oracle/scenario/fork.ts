import { bash, text } from '../../../support/messages-api.ts'
import type { Scenario } from '../scenario.ts'

export const fork: Scenario = {
  name: 'fork',
  about: 'A session that is forked twice, a fork that is forked, and all of them go on.',
  run: async (stage) => {
    await stage.requireOption('--fork-session')
    const say = (words: string, output_tokens: number) => [{ usage: { output_tokens } }, text(words)]
    const { session_id: original } = await stage.print([{ usage: { output_tokens: 100 } }, bash('true'), text('One.')])
    const { session_id: first } = await stage.print(say('Fork.', 200), { resume: original, fork: true })
    await stage.print(say('Another.', 300), { resume: original, fork: true })
    await stage.print(say('Fork of a fork.', 400), { resume: first, fork: true })
    await stage.print(say('Original.', 500), { resume: original })
    await stage.print(say('Fork goes on.', 600), { resume: first })
  },
}
