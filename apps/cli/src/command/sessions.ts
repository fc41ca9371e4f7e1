import type { Metadata } from '@signalbox/contract/metadata'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ConfirmOptions } from '../hub/confirm.ts'
import type { HubOptions } from '../hub/connect.ts'
import { answerOptions, anyOf, listOptions, uuidOption, wholeNumber } from '../hub/option.ts'
import type { AddOptions, FailOptions, HeartbeatOptions, ProcessEndedOptions, RecoverOptions } from '../sessions/act.ts'
import type { SessionListOptions } from '../sessions/list.ts'
import { type MetadataOptions, metadataPair } from '../sessions/metadata.ts'
import type { ShowOptions } from '../sessions/show.ts'
import { activities, sessionStatuses, turns } from '../sessions/statuses.ts'
import type { WatchOptions } from '../sessions/watch.ts'

const acts = () => import('../sessions/act.ts')
const recovery = () => import('../sessions/recovery.ts')
const slot = wholeNumber(1, 1_000_000)
const YES = 'do not ask'
/** In which it promises to beat; what is overdue follows from it. */
const INTERVAL = ['--interval <seconds>', 'how often it will beat, 5 to 600', wholeNumber(5, 600)] as const
const METADATA = ['--metadata <key=text>', 'to be kept beside it; key:=JSON for what is no text; several times', metadataPair] as const

export function sessions(command: Command): void {
  command.addHelpText(
    'after',
    `
ID is the id of a session, or its first characters (at least four) where no other session begins alike.
The hub is the one at SIGNALBOX_URL, asked with the key SIGNALBOX_API_KEY.

Examples:
  signalbox sessions list --live                       who runs, where, and doing what
  signalbox sessions list --stale                      who has not been heard of for five minutes
  signalbox sessions show 8c1f                         one of them, with its tasks and what happened
  signalbox sessions recover 8c1f --machine box-2      go on with it elsewhere
  signalbox sessions metadata 8c1f branch=main tries:=3
  signalbox sessions watch --json | jq .event          what happens, as it happens`,
  )
  list(command)
  show(command)
  watch(command)
  add(command)
  simple(command, 'pause', 'nothing is expected of it for a while').action(async (id: string, options: HubOptions) =>
    (await acts()).pause(id, options),
  )
  simple(command, 'resume', 'a paused one is active again').action(async (id: string, options: HubOptions) =>
    (await acts()).resume(id, options),
  )
  simple(command, 'complete', 'it is done; its slot is free').action(async (id: string, options: HubOptions) =>
    (await acts()).complete(id, options),
  )
  simple(command, 'fail', 'it failed; its slot is free, its tasks in progress have failed with it')
    .requiredOption('--reason <text>', 'why, in a few words')
    .option('--details <text>', 'more about it, such as an error message')
    .option('--yes', YES)
    .action(async (id: string, options: FailOptions) => (await acts()).fail(id, options))
  simple(command, 'stall', 'it stands still, of which the hub has not heard; its next beat brings it back')
    .requiredOption('--reason <text>', 'why, in a few words')
    .action(async (id: string, options: HubOptions & { reason: string }) => (await acts()).stall(id, options))
  simple(command, 'process-ended', 'its process was seen to end: it failed, unless it had ended already')
    .option('--witness <name>', 'who saw it (default: you, as USER@HOST)')
    .option('--pid <number>', 'of the process', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--exit-code <number>', 'with which it ended', exitCode)
    .option('--signal <name>', 'that ended it, such as SIGKILL')
    .option('--yes', YES)
    .action(async (id: string, options: ProcessEndedOptions) => (await acts()).processEnded(id, options))
  metadata(command)
  simple(command, 'recover', 'make a stalled or failed one active again; three times at most')
    .option('--machine <id>', 'on another machine')
    .option('--slot <number>', 'in this slot', slot)
    .option('--from-task <id>', 'failed and stuck tasks are pending again from this one on (default: all of them)')
    .action(async (id: string, options: RecoverOptions) => (await acts()).recover(id, options))
  simple(command, 'prepare-recovery', 'have the hub note what a recovery would start from, and print it').action(
    async (id: string, options: HubOptions) => (await recovery()).prepareRecovery(id, options),
  )
  simple(command, 'recovery-history', 'when one was recovered, and whether it held').action(async (id: string, options: HubOptions) =>
    (await recovery()).recoveryHistory(id, options),
  )
  simple(command, 'heartbeat', 'it lives; a stalled one is again what it was before')
    .addOption(new Option('--activity <what>', 'what it is at').choices(activities))
    .addOption(new Option('--waiting-for <what>', 'whose turn it is, with --activity waiting').choices(turns))
    .option('--task <id>', 'the task it is at')
    .addOption(new Option('--status <status>', 'what it is from now on').choices(['active', 'paused']))
    .option(...INTERVAL)
    .option(...METADATA)
    .action(async (id: string, options: HeartbeatOptions) => (await acts()).heartbeat(id, options))
  simple(command, 'archive', 'put an ended one away')
    .option('--yes', YES)
    .action(async (id: string, options: HubOptions & ConfirmOptions) => (await acts()).archive(id, options))
  simple(command, 'purge', 'remove an archived one and its tasks for good')
    .option('--yes', YES)
    .action(async (id: string, options: HubOptions & ConfirmOptions) => (await acts()).purge(id, options))
}

function list(command: Command): void {
  const which = ['status', 'live', 'stale', 'failed', 'recoverable']
  const others = (name: string) => which.filter((other) => other !== name)
  const listing = command
    .command('list')
    .description('sessions, newest first')
    .addOption(anyOf('--status <status>', 'only these; may be given several times', sessionStatuses).conflicts(others('status')))
    .addOption(new Option('--live', 'only those that have not ended: active, paused, stalled').conflicts(others('live')))
    .addOption(new Option('--stale', 'only live ones without a beat for too long, oldest beat first').conflicts(others('stale')))
    .addOption(new Option('--failed', 'only those that failed').conflicts(others('failed')))
    .addOption(new Option('--recoverable', 'stalled and failed ones, and whether each may be recovered').conflicts(others('recoverable')))
    .option('--threshold <seconds>', 'how long is too long, with --stale (default: 300)', wholeNumber(1, 31_536_000))
    .option('--project <id>', 'only of this project')
    .option('--machine <id>', 'only on this machine')
  listOptions(listing).action(async (options: SessionListOptions) => (await import('../sessions/list.ts')).list(options))
}

function show(command: Command): void {
  simple(command, 'show', 'how one is: health, tasks, and what happened to it')
    .option('--timeline <number>', 'how many of the newest rows of its timeline', wholeNumber(1, 1_000), 10)
    .action(async (id: string, options: ShowOptions) => (await import('../sessions/show.ts')).show(id, options))
}

function watch(command: Command): void {
  const watching = command
    .command('watch')
    .description('what happens, as it happens, a line each; Ctrl-C ends it')
    .option('--session <id>', 'only this session')
    .option('--project <id>', 'only of this project')
    .option('--machine <id>', 'only on this machine')
    .option('--beats', 'every heartbeat as well')
    .option('--after <number>', 'also what happened since the event with this id', wholeNumber(0, Number.MAX_SAFE_INTEGER))
  answerOptions(watching, 'a line of JSON for each').action(async (options: WatchOptions) =>
    (await import('../sessions/watch.ts')).watch(options),
  )
}

function add(command: Command): void {
  const adding = command
    .command('add')
    .description('begin a session; print its id')
    .requiredOption('--project <id>', 'what it works on')
    .option('--machine <id>', 'where it runs (default: MACHINE_ID, else the host name)')
    .option('--slot <number>', 'the slot of the machine that it takes', slot)
    .option('--id <uuid>', 'its id, such as that of Claude Code (default: made by the hub)', uuidOption)
    .option(...INTERVAL)
    .option(...METADATA)
  answerOptions(adding).action(async (options: AddOptions) => (await acts()).add(options))
}

function metadata(command: Command): void {
  simple(command, 'metadata', 'what is kept beside one; with KEY=TEXT it is changed first, what is not named stays')
    .argument('[key=text...]', 'key:=JSON for what is no text, such as tries:=3', metadataPair)
    .option('--remove <key>', 'no longer keep this; may be given several times', (key: string, before: readonly string[] = []) => [
      ...before,
      key,
    ])
    .action(async (id: string, set: Metadata | undefined, options: MetadataOptions) =>
      (await import('../sessions/metadata.ts')).metadata(id, set, options),
    )
}

/** Windows counts them beyond what a whole number of ours is; some systems tell a signal by a negative one. */
function exitCode(text: string): number {
  const code = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(code)) throw new InvalidArgumentError('It must be a whole number.')
  return code
}

/** A command about one session. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<id>', 'of the session, or its first characters'))
}
