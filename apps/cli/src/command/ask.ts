import type { Command } from 'commander'
import type { AskOptions } from '../ask/ask.ts'
import { answerOptions } from '../hub/option.ts'
import type { Io } from '../io.ts'

export function ask(command: Command, io: Io): void {
  command
    .argument('<question...>', 'the question, in English')
    .option('-c, --continue', 'it follows the question before, as in "and last week?"')
    .addHelpText(
      'after',
      `
Answers from the hub, by words alone and without a model. What would change something is shown and asked first.

Examples:
  signalbox ask "why did yesterday cost so much?"
  signalbox ask -c "and last week?"
  signalbox ask which session waits for me
  signalbox ask "pause platform-web"`,
    )
  answerOptions(command, 'what was understood, and the answer,').action(async (words: string[], options: AskOptions) =>
    (await import('../ask/ask.ts')).ask(io, words.join(' '), options),
  )
}
