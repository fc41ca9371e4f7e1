import type { Metadata } from '@signalbox/contract/metadata'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ConfirmOptions } from '../hub/confirm.ts'
import { secondsOption } from '../hub/duration-option.ts'
import { type AttemptOptions, answerOptions, anyOf, attemptOption, listOptions, oneOf, uuidOption, wholeNumber } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import type { AddOptions, FailOptions, HeartbeatOptions, ProcessEndedOptions, RecoverOptions } from '../sessions/actions.ts'
import type { SessionListOptions } from '../sessions/list.ts'
import { type MetadataOptions, parseMetadataPair } from '../sessions/metadata.ts'
import type { ShowOptions } from '../sessions/show.ts'
import { activities, sessionStatuses, waitingReasons } from '../sessions/statuses.ts'
import type { WatchOptions } from '../sessions/watch.ts'

const acts = () => import('../sessions/actions.ts')
const recovery = () => import('../sessions/recovery.ts')
const slot = wholeNumber(1, 1_000_000)
const YES = 'do not ask'
/** The promised heartbeat interval, from which the hub derives when a session is overdue. */
const INTERVAL = ['--interval <time>', 'heartbeat interval, from 5s to 10m', secondsOption(5, 600)] as const
const METADATA = ['--metadata <key=text>', 'metadata, repeatable; key:=JSON for other values than text', parseMetadataPair] as const

export function sessions(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
ID is the id of a session, or its first characters (at least four) if no other id starts with them.
Uses the hub of this machine: SIGNALBOX_URL, else the one of "signalbox connect", else the one on DATA_DIR.

Examples:
  signalbox sessions list --live                       active, paused and stalled sessions
  signalbox sessions list --stale                      live sessions without a heartbeat for five minutes
  signalbox sessions show 8c1f                         one session, with its tasks and timeline
  signalbox sessions recover 8c1f --machine box-2      recover it on another machine
  signalbox sessions metadata 8c1f branch=main tries:=3
  signalbox sessions watch --json | jq .event          events as they happen`,
  )
  list(command, io)
  show(command, io)
  watch(command, io)
  add(command, io)
  changing(command, 'pause', 'pause it; it still has to send heartbeats').action(async (id: string, options: ChangeOptions) =>
    (await acts()).pause(io, id, options),
  )
  changing(command, 'resume', 'resume a paused session').action(async (id: string, options: ChangeOptions) =>
    (await acts()).resume(io, id, options),
  )
  changing(command, 'complete', 'mark it completed, and release its slot').action(async (id: string, options: ChangeOptions) =>
    (await acts()).complete(io, id, options),
  )
  changing(command, 'fail', 'mark it failed, with its tasks in progress, and release its slot')
    .requiredOption('--reason <text>', 'short reason')
    .option('--details <text>', 'details, such as an error message')
    .option('--yes', YES)
    .addHelpText('after', example("fail 8c1f --reason 'out of memory' --yes"))
    .action(async (id: string, options: FailOptions) => (await acts()).fail(io, id, options))
  changing(command, 'stall', 'mark it stalled; its next heartbeat restores its former status')
    .requiredOption('--reason <text>', 'short reason')
    .action(async (id: string, options: ChangeOptions & { reason: string }) => (await acts()).stall(io, id, options))
  changing(command, 'process-ended', 'report that its process has ended, which marks it failed unless it has ended already')
    .option('--witness <name>', 'the reporter (default: USER@HOST)')
    .option('--pid <number>', 'process id', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--exit-code <number>', 'exit code of the process', exitCode)
    .option('--signal <name>', 'signal that ended it, such as SIGKILL')
    .option('--yes', YES)
    .addHelpText('after', example('process-ended 8c1f --exit-code 137 --signal SIGKILL --yes'))
    .action(async (id: string, options: ProcessEndedOptions) => (await acts()).processEnded(io, id, options))
  metadata(command, io)
  simple(command, 'recover', 'make a stalled or failed session active again; at most three times')
    .option('--machine <id>', 'move it to another machine')
    .option('--slot <number>', 'use this slot', slot)
    .option('--from-task <id>', 'reset failed and stuck tasks to pending, from this one on (default: all)')
    .addHelpText('after', example('recover 8c1f --machine box-2 --slot 1'))
    .action(async (id: string, options: RecoverOptions) => (await acts()).recover(io, id, options))
  simple(command, 'prepare-recovery', 'save a recovery checkpoint, and print it').action(async (id: string, options: HubOptions) =>
    (await recovery()).prepareRecovery(io, id, options),
  )
  simple(command, 'recovery-history', 'list its recoveries and their outcomes').action(async (id: string, options: HubOptions) =>
    (await recovery()).recoveryHistory(io, id, options),
  )
  changing(command, 'heartbeat', 'send a heartbeat; it restores the former status of a stalled session')
    .addOption(oneOf('--activity <what>', 'current activity', activities))
    .addOption(oneOf('--waiting-for <what>', 'what it is waiting for, with --activity waiting', waitingReasons))
    .option('--task <id>', 'current task')
    .addOption(oneOf('--status <status>', 'new status', ['active', 'paused']))
    .option(...INTERVAL)
    .option(...METADATA)
    .addHelpText('after', example('heartbeat 8c1f --activity waiting --waiting-for permission'))
    .action(async (id: string, options: HeartbeatOptions) => (await acts()).heartbeat(io, id, options))
  simple(command, 'archive', 'archive an ended session')
    .option('--yes', YES)
    .action(async (id: string, options: HubOptions & ConfirmOptions) => (await acts()).archive(io, id, options))
  simple(command, 'purge', 'delete an archived session and its tasks')
    .option('--yes', YES)
    .action(async (id: string, options: HubOptions & ConfirmOptions) => (await acts()).purge(io, id, options))
}

function list(command: Command, io: Io): void {
  const which = ['status', 'live', 'stale', 'failed', 'recoverable']
  const others = (name: string) => which.filter((other) => other !== name)
  const listing = command
    .command('list', { isDefault: true })
    .description('list sessions, newest first')
    .addOption(anyOf('--status <status>', 'only these, repeatable', sessionStatuses).conflicts(others('status')))
    .addOption(new Option('--live', 'only active, paused and stalled sessions').conflicts(others('live')))
    .addOption(new Option('--stale', 'only live sessions with an old heartbeat, oldest first').conflicts(others('stale')))
    .addOption(new Option('--failed', 'only failed sessions').conflicts(others('failed')))
    .addOption(
      new Option('--recoverable', 'only stalled and failed sessions, and whether they can be recovered').conflicts(others('recoverable')),
    )
    .option('--threshold <time>', 'age of an old heartbeat, with --stale (default: 5m)', secondsOption(1, 31_536_000))
    .option('--project <id>', 'only of this project')
    .option('--machine <id>', 'only on this machine')
  listOptions(listing).action(async (options: SessionListOptions) => (await import('../sessions/list.ts')).list(io, options))
}

function show(command: Command, io: Io): void {
  simple(command, 'show', 'show a session: health, tasks and timeline')
    .option('--timeline <number>', 'number of timeline rows, the newest ones', wholeNumber(1, 1_000), 10)
    .action(async (id: string, options: ShowOptions) => (await import('../sessions/show.ts')).show(io, id, options))
}

function watch(command: Command, io: Io): void {
  const watching = command
    .command('watch')
    .description('print events as they happen, until Ctrl-C')
    .option('--session <id>', 'only this session')
    .option('--project <id>', 'only of this project')
    .option('--machine <id>', 'only on this machine')
    .option('--heartbeats', 'include heartbeats')
    .addOption(new Option('--beats', 'the older name of --heartbeats').hideHelp())
    .option('--after <number>', 'start after the event with this id', wholeNumber(0, Number.MAX_SAFE_INTEGER))
  answerOptions(watching, 'each event', 'as one line of JSON').action(async (options: WatchOptions) =>
    (await import('../sessions/watch.ts')).watch(io, options),
  )
}

function add(command: Command, io: Io): void {
  const adding = command
    .command('add')
    .description('create a session, and print its id on stdout')
    .requiredOption('--project <id>', 'its project')
    .option('--machine <id>', 'its machine (default: this one)')
    .option('--slot <number>', 'its slot on the machine', slot)
    .option('--id <uuid>', "its id, such as Claude Code's (default: created by the hub)", uuidOption)
    .option(...INTERVAL)
    .option(...METADATA)
  answerOptions(adding, 'the session')
    .addHelpText(
      'after',
      `
Examples:
  S=$(signalbox sessions add --project shop)
  signalbox sessions add --project shop --machine box-2 --slot 1 --metadata branch=main`,
    )
    .action(async (options: AddOptions) => (await acts()).add(io, options))
}

function metadata(command: Command, io: Io): void {
  simple(command, 'metadata', 'show or change its metadata; keys that are not named stay')
    .argument('[key=text...]', 'keys to set; key:=JSON for other values than text, such as tries:=3', parseMetadataPair)
    .option(...attemptOption)
    .option('--remove <key>', 'remove this key, repeatable', (key: string, before: readonly string[] = []) => [...before, key])
    .addHelpText('after', example('metadata 8c1f branch=main tries:=3 --remove note'))
    .action(async (id: string, set: Metadata | undefined, options: MetadataOptions) =>
      (await import('../sessions/metadata.ts')).metadata(io, id, set, options),
    )
}

/** Exit codes may exceed 255 on Windows, and are negative for a signal on some systems. */
function exitCode(text: string): number {
  const code = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(code)) throw new InvalidArgumentError('It must be a whole number.')
  return code
}

function example(words: string): string {
  return `\nExample:\n  signalbox sessions ${words}`
}

type ChangeOptions = HubOptions & AttemptOptions

/** A command that changes one session, for the worker of an attempt or for any. */
function changing(command: Command, name: string, about: string): Command {
  return simple(command, name, about).option(...attemptOption)
}

/** A command about one session. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<id>', 'id of the session, or its first characters'))
}
