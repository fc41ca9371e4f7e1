import type { Command } from 'commander'
import type { AnswerOptions, LinkOptions, QuestionListOptions } from '../answer/question-options.ts'
import { answerOptions } from '../hub/option.ts'
import type { Io } from '../io.ts'

const acts = () => import('../answer/actions.ts')

export function answer(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
Sessions of Claude Code ask for permissions, answers and approvals. On machines where "signalbox hooks answers on" was run, they can
be answered from here. The first answer counts; the terminal asks too. ID is the id of a question, or its first characters (at
least four) if no other id starts with them. Needs the scope answer. It is for people: a session cannot answer itself.

Examples:
  signalbox answer list
  signalbox answer allow 0b0e
  signalbox answer deny 0b0e --message 'Run the unit tests only.'
  signalbox answer choose 0b0e 1 2        the first option of its first question, the second of its second
  signalbox answer link 0b0e`,
  )
  const listing = command
    .command('list', { isDefault: true })
    .description('list what sessions ask, with what is asked')
    .option('--session <id>', 'only of this session')
  answerOptions(listing, 'the questions').action(async (options: QuestionListOptions) =>
    (await import('../answer/list.ts')).list(io, options),
  )
  simple(command, 'allow', 'allow it, or approve the plan')
    .option('--always', 'also from now on, as the session suggests')
    .action(async (id: string, options: AnswerOptions) => (await acts()).allow(io, id, options))
  simple(command, 'deny', 'deny it')
    .option('--message <text>', 'what the session gets to read, such as what to do instead')
    .action(async (id: string, options: AnswerOptions) => (await acts()).deny(io, id, options))
  simple(command, 'choose', "answer the model's questions")
    .argument('<choices...>', 'for each question the number of an option, several as 1,3, or words of your own')
    .action(async (id: string, choices: string[], options: AnswerOptions) => (await acts()).choose(io, id, choices, options))
  simple(command, 'link', 'make a link with which anybody can answer once').action(async (id: string, options: LinkOptions) =>
    (await acts()).link(io, id, options),
  )
}

/** A command about one question. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<id>', 'id of the question, or its first characters'))
}
