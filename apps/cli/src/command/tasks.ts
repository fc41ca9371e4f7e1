import type { Command } from 'commander'
import type { HubOptions } from '../hub/connect.ts'
import { answerOptions, anyOf, listOptions, uuidOption } from '../hub/option.ts'
import type { AddOptions } from '../tasks/act.ts'
import type { TaskListOptions } from '../tasks/list.ts'
import { taskStatuses } from '../tasks/statuses.ts'

const acts = () => import('../tasks/act.ts')

export function tasks(command: Command): void {
  command.addHelpText(
    'after',
    `
ID is the id of a task, or its first characters (at least four) where no other task begins alike.

Examples:
  signalbox tasks list --session 8c1f --status pending
  signalbox tasks add 'Write the tests' --session 8c1f
  signalbox tasks fail 1b7e --reason 'three tests fail'`,
  )
  const listing = command
    .command('list')
    .description('tasks, newest first')
    .addOption(anyOf('--status <status>', 'only these; may be given several times', taskStatuses))
    .option('--session <id>', 'only of this session')
    .option('--project <id>', 'only of this project')
  listOptions(listing).action(async (options: TaskListOptions) => (await import('../tasks/list.ts')).list(options))
  simple(command, 'show', 'one task').action(async (id: string, options: HubOptions) =>
    (await import('../tasks/show.ts')).show(id, options),
  )
  const adding = command
    .command('add')
    .description('add a task to a live session; print its id')
    .argument('<name>', 'what is to be done')
    .requiredOption('--session <id>', 'whose it is')
    .option('--issue <id>', 'the GitHub issue it is about')
    .option('--id <uuid>', 'its id (default: made by the hub)', uuidOption)
  answerOptions(adding).action(async (name: string, options: AddOptions) => (await acts()).add(name, options))
  simple(command, 'start', 'begin with it; it becomes the current task of its session').action(async (id: string, options: HubOptions) =>
    (await acts()).start(id, options),
  )
  simple(command, 'complete', 'it is done, which is final').action(async (id: string, options: HubOptions) =>
    (await acts()).complete(id, options),
  )
  simple(command, 'fail', 'it failed')
    .requiredOption('--reason <text>', 'why')
    .action(async (id: string, options: HubOptions & { reason: string }) => (await acts()).fail(id, options))
  simple(command, 'block', 'it has to wait for something')
    .option('--reason <text>', 'for what')
    .action(async (id: string, options: HubOptions & { reason?: string }) => (await acts()).block(id, options))
}

/** A command about one task. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<id>', 'of the task, or its first characters'))
}
