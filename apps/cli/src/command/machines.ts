import type { Command } from 'commander'
import { secondsOption } from '../hub/duration-option.ts'
import { answerOptions, anyOf, type ListOptions, listOptions, urlOption, wholeNumber } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import type { AddOptions } from '../machines/actions.ts'
import type { FailSessionsOptions } from '../machines/fail-sessions.ts'
import type { InviteOptions } from '../machines/invite.ts'
import type { MachineListOptions } from '../machines/list.ts'
import type { RemovalOptions } from '../machines/removal.ts'
import { parseSlots } from '../machines/slots.ts'
import { machineStatuses } from '../machines/statuses.ts'

const acts = () => import('../machines/actions.ts')
const removals = () => import('../machines/removal.ts')
const lists = () => import('../machines/list.ts')

export function machines(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
A machine is registered when a session runs on it; its slots are declared by hand.

Examples:
  signalbox machines add box-2 --slots 1-4
  signalbox machines available                    machines with a free slot
  signalbox machines assign box-2 8c1f            assign the lowest free slot to a session
  signalbox machines maintenance box-2            assign no more sessions to it
  signalbox machines fail-sessions box-2 --reason 'lost' --dry-run
  signalbox machines invite --name laptop         print the line that connects another machine`,
  )
  const listing = command
    .command('list', { isDefault: true })
    .description('list machines, by id')
    .addOption(anyOf('--status <status>', 'only these, repeatable', machineStatuses))
    .option('--hostname <name>', 'only with this host name')
  listOptions(listing).action(async (options: MachineListOptions) => (await lists()).list(io, options))
  const free = command.command('available').description('list online machines with a free slot, most free slots first')
  listOptions(free).action(async (options: HubOptions & ListOptions) => (await lists()).available(io, options))
  simple(command, 'show', 'show a machine and its sessions').action(async (id: string, options: HubOptions) =>
    (await import('../machines/show.ts')).show(io, id, options),
  )
  simple(command, 'add', 'register a machine')
    .option('--hostname <name>', 'host name (default: the id)')
    .option('--slots <numbers>', 'its docker slots, such as 1-4,7', parseSlots)
    .action(async (id: string, options: AddOptions) => (await acts()).add(io, id, options))
  answerOptions(
    command
      .command('slots')
      .description('set its docker slots; a slot in use cannot be removed')
      .argument('<id>', 'id of the machine')
      .argument('<numbers>', 'all slots, such as 1-4,7; or none', parseSlots),
  ).action(async (id: string, numbers: number[], options: HubOptions) => (await acts()).slots(io, id, numbers, options))
  simple(command, 'maintenance', 'assign no more sessions to it').action(async (id: string, options: HubOptions) =>
    (await acts()).underMaintenance(io, id, options),
  )
  simple(command, 'online', 'mark it online').action(async (id: string, options: HubOptions) => (await acts()).online(io, id, options))
  simple(command, 'offline', 'mark it offline; not while it has live sessions').action(async (id: string, options: HubOptions) =>
    (await acts()).offline(io, id, options),
  )
  simple(command, 'fail-sessions', 'fail the live sessions of a lost machine, and release their slots')
    .requiredOption('--reason <text>', 'short reason')
    .addOption(anyOf('--status <status>', 'only these, repeatable (default: all live ones)', ['active', 'paused', 'stalled'] as const))
    .option('--dry-run', 'list them without changing anything')
    .option('--yes', 'do not ask')
    .action(async (id: string, options: FailSessionsOptions) =>
      (await import('../machines/fail-sessions.ts')).failSessions(io, id, options),
    )
  withOther(command, 'rename', '<new-id>', 'give it an id that is not in use, with its sessions, calls and snapshots').action(
    async (id: string, other: string, options: RemovalOptions) => (await removals()).rename(io, id, other, options),
  )
  withOther(command, 'merge', '<other>', 'give its sessions, calls and snapshots to another machine, and remove it')
    .option('--yes', 'do not ask')
    .action(async (id: string, other: string, options: RemovalOptions) => (await removals()).merge(io, id, other, options))
  simple(command, 'remove', 'remove it for good; its calls and ended sessions stay')
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'do not ask')
    .action(async (id: string, options: RemovalOptions) => (await removals()).remove(io, id, options))
  answerOptions(command.command('invite').description('make a code with which a machine connects to this hub; needs the scope admin'))
    .option('--name <name>', 'the name of its key (default: the id of the machine)')
    .option(
      '--expires <time>',
      'how long the code works, such as 30s, 10m or 2h (default: 10m)',
      secondsOption(10, 86_400, 'from 10s to 1d'),
    )
    .addOption(anyOf('--scopes <list>', 'what the key may do (default: all three)', ['ingest', 'read', 'write'] as const))
    .option('--any-machine', 'let the key report about every machine, not only about the one that connects')
    .option('--url <address>', 'the address by which that machine reaches the hub', urlOption)
    .action(async (options: InviteOptions) => (await import('../machines/invite.ts')).invite(io, options))
  withSession(command, 'assign', 'assign a slot to a live session')
    .option('--slot <number>', 'the slot (default: the lowest free one)', wholeNumber(1, 1_000_000))
    .action(async (id: string, session: string, options: HubOptions & { slot?: number }) => (await acts()).assign(io, id, session, options))
  withSession(command, 'release', 'release the slot of a session, which keeps its machine').action(
    async (id: string, session: string, options: HubOptions) => (await acts()).release(io, id, session, options),
  )
}

/** A command about one machine. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<id>', 'id of the machine'))
}

/** A command about one machine and the id of another. */
function withOther(command: Command, name: string, argument: string, about: string): Command {
  const both = command.command(name).description(about).argument('<id>', 'id of the machine').argument(argument, 'id of the other one')
  return answerOptions(both).option('--dry-run', 'only count what would be moved')
}

/** A command about one machine and one session. */
function withSession(command: Command, name: string, about: string): Command {
  const both = command
    .command(name)
    .description(about)
    .argument('<id>', 'id of the machine')
    .argument('<session>', 'id of the session, or its first characters')
  return answerOptions(both)
}
