import { text } from '../../../support/messages-api.ts'
import { NotPossible } from '../not-possible.ts'
import type { Scenario } from '../scenario.ts'

export const fastMode: Scenario = {
  name: 'fast',
  about: 'Fast mode, switched on by a setting.',
  // The client would ask its maker whether the account may use it.
  env: { CLAUDE_CODE_SKIP_FAST_MODE_ORG_CHECK: '1', CLAUDE_CODE_SKIP_FAST_MODE_NETWORK_ERRORS: '1' },
  run: async (stage) => {
    await stage.requireOption('--settings')
    await stage.print([{ usage: { output_tokens: 100 } }, text('One.')], { args: ['--settings', '{"fastMode":true}'] })
    if (stage.answers.every(({ speed }) => speed !== 'fast')) throw new NotPossible('does not ask for fast mode')
  },
}
