import { alertRuleKinds } from '@signalbox/contract/alert-rule-kind'
import { alertSeverities, alertStates } from '@signalbox/contract/alert-severity'
import type { Command } from 'commander'
import type { AcknowledgeOptions, NoteOptions, SnoozeOptions } from '../alerts/actions.ts'
import type { AlertListOptions } from '../alerts/list.ts'
import type { PauseOptions } from '../alerts/pause.ts'
import type { WatchOptions } from '../alerts/watch.ts'
import { endOptions, snoozeEndOptions } from '../hub/end-option.ts'
import { answerOptions, anyOf, listOptions, wholeNumber } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

const acts = () => import('../alerts/actions.ts')
const pauses = () => import('../alerts/pause.ts')

export function alerts(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
ID is the id of an alert, or its first characters (at least four) if no other id starts with them.
What is watched for: signalbox rules. Who is notified: signalbox channels.

Examples:
  signalbox alerts                                 alerts, newest first
  signalbox alerts list --open --severity critical
  signalbox alerts show 3f9a                       which channel was notified of what, and what its peer answered
  signalbox alerts ack 3f9a --note 'on it'
  signalbox alerts snooze 3f9a --for 4h
  signalbox alerts pause --for 2h --reason maintenance
  signalbox alerts watch --json | jq .data.summary`,
  )
  const listing = command
    .command('list', { isDefault: true })
    .description('list alerts, newest first')
    .option('--open', 'only those that are open')
    .addOption(anyOf('--state <state>', 'only these, repeatable (default: all but pending)', alertStates))
    .addOption(anyOf('--severity <severity>', 'only these, repeatable', alertSeverities))
    .addOption(anyOf('--kind <kind>', 'only of these kinds of rules, repeatable', alertRuleKinds))
    .option('--rule <id>', 'only of this rule')
    .option('--machine <id>', 'only about this machine')
    .option('--session <id>', 'only about this session, by its full id')
  listOptions(listing).action(async (options: AlertListOptions) => (await import('../alerts/list.ts')).list(io, options))
  simple(command, 'show', 'show an alert, and what was sent about it').action(async (id: string, options: HubOptions) =>
    (await import('../alerts/show.ts')).show(io, id, options),
  )
  answerOptions(
    command
      .command('ack')
      .description('acknowledge it: no more reminders, and no escalation')
      .argument('[id]', 'id of the alert, or its first characters'),
  )
    .option('--all', 'every alert that is open')
    .option('--note <text>', 'a note for others')
    .action(async (id: string | undefined, options: AcknowledgeOptions) => (await acts()).acknowledge(io, id, options))
  simple(command, 'unack', 'undo that').action(async (id: string, options: HubOptions) =>
    (await acts()).undoAcknowledgement(io, id, options),
  )
  snoozeEndOptions(simple(command, 'snooze', 'send nothing about it for some time'), io)
    .option('--until-changed', 'end it earlier when the alert gets worse or changes')
    .action(async (id: string, options: SnoozeOptions) => (await acts()).snooze(io, id, options))
  simple(command, 'close', 'close it by hand; it opens again when it was over and comes back')
    .option('--note <text>', 'why')
    .action(async (id: string, options: NoteOptions) => (await acts()).close(io, id, options))
  endOptions(answerOptions(command.command('pause').description('hold all messages for some time; needs the scope admin')), io)
    .option('--reason <text>', 'why, for others')
    .action(async (options: PauseOptions) => (await pauses()).pause(io, options))
  answerOptions(command.command('resume').description('send messages again')).action(async (options: HubOptions) =>
    (await pauses()).resume(io, options),
  )
  answerOptions(command.command('watch').description('print what happens to alerts, until Ctrl-C'), 'the events', 'as JSON, one per line')
    .option('--machine <id>', 'only about this machine')
    .option('--after <id>', 'first the events after this one', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .action(async (options: WatchOptions) => (await import('../alerts/watch.ts')).watch(io, options))
}

/** A command about one alert. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<id>', 'id of the alert, or its first characters'))
}
