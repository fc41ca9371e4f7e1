import type { Command } from 'commander'
import { type AttemptOptions, answerOptions, anyOf, attemptOption, listOptions, uuidOption } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import type { AddOptions } from '../tasks/actions.ts'
import type { TaskListOptions } from '../tasks/list.ts'
import { taskStatuses } from '../tasks/statuses.ts'

const acts = () => import('../tasks/actions.ts')

export function tasks(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
ID is the id of a task, or its first characters (at least four) if no other id starts with them.

Examples:
  signalbox tasks list --session 8c1f --status pending
  T=$(signalbox tasks add 'Write the tests' --session 8c1f)
  signalbox tasks fail 1b7e --reason 'three tests fail'`,
  )
  const listing = command
    .command('list', { isDefault: true })
    .description('list tasks, newest first')
    .addOption(anyOf('--status <status>', 'only these, repeatable', taskStatuses))
    .option('--session <id>', 'only of this session')
    .option('--project <id>', 'only of this project')
  listOptions(listing).action(async (options: TaskListOptions) => (await import('../tasks/list.ts')).list(io, options))
  simple(command, 'show', 'show a task').action(async (id: string, options: HubOptions) =>
    (await import('../tasks/show.ts')).show(io, id, options),
  )
  const adding = command
    .command('add')
    .description('add a task to a live session, and print its id on stdout')
    .argument('<name>', 'name of the task')
    .requiredOption('--session <id>', 'its session')
    .option('--issue <id>', 'its GitHub issue')
    .option(...attemptOption)
    .option('--id <uuid>', 'its id (default: created by the hub)', uuidOption)
  answerOptions(adding, 'the task').action(async (name: string, options: AddOptions) => (await acts()).add(io, name, options))
  changing(command, 'start', 'start it; it becomes the current task of its session').action(async (id: string, options: ChangeOptions) =>
    (await acts()).start(io, id, options),
  )
  changing(command, 'complete', 'mark it completed, which is final').action(async (id: string, options: ChangeOptions) =>
    (await acts()).complete(io, id, options),
  )
  changing(command, 'fail', 'mark it failed')
    .requiredOption('--reason <text>', 'short reason')
    .action(async (id: string, options: ChangeOptions & { reason: string }) => (await acts()).fail(io, id, options))
  changing(command, 'block', 'mark it blocked')
    .option('--reason <text>', 'what blocks it')
    .action(async (id: string, options: ChangeOptions & { reason?: string }) => (await acts()).block(io, id, options))
}

type ChangeOptions = HubOptions & AttemptOptions

/** A command that changes one task, for the worker of an attempt or for any. */
function changing(command: Command, name: string, about: string): Command {
  return simple(command, name, about).option(...attemptOption)
}

/** A command about one task. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<id>', 'id of the task, or its first characters'))
}
