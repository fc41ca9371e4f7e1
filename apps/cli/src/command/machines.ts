import type { Command } from 'commander'
import type { HubOptions } from '../hub/connect.ts'
import { answerOptions, anyOf, type ListOptions, listOptions, wholeNumber } from '../hub/option.ts'
import type { AddOptions } from '../machines/act.ts'
import type { MachineListOptions } from '../machines/list.ts'
import { readSlots } from '../machines/slots.ts'
import { machineStatuses } from '../machines/statuses.ts'

const acts = () => import('../machines/act.ts')
const lists = () => import('../machines/list.ts')

export function machines(command: Command): void {
  command.addHelpText(
    'after',
    `
A machine registers itself when a session runs on it; its slots are declared by hand.

Examples:
  signalbox machines add box-2 --slots 1-4
  signalbox machines available                    where a slot is free
  signalbox machines assign box-2 8c1f            give a session the lowest free slot
  signalbox machines maintenance box-2            take it out of what is available`,
  )
  const listing = command
    .command('list')
    .description('machines, by id')
    .addOption(anyOf('--status <status>', 'only these; may be given several times', machineStatuses))
    .option('--hostname <name>', 'only with this host name')
  listOptions(listing).action(async (options: MachineListOptions) => (await lists()).list(options))
  const free = command.command('available').description('machines that are online and have a free slot, most free first')
  listOptions(free).action(async (options: HubOptions & ListOptions) => (await lists()).available(options))
  simple(command, 'show', 'one machine, and who is on it').action(async (id: string, options: HubOptions) =>
    (await import('../machines/show.ts')).show(id, options),
  )
  simple(command, 'add', 'register one')
    .option('--hostname <name>', 'its host name (default: its id)')
    .option('--slots <numbers>', 'the docker slots it has, such as 1-4,7', readSlots)
    .action(async (id: string, options: AddOptions) => (await acts()).add(id, options))
  answerOptions(
    command
      .command('slots')
      .description('declare its docker slots; one that is held cannot be taken away')
      .argument('<id>', 'of the machine')
      .argument('<numbers>', 'all it has from now on, such as 1-4,7; or none', readSlots),
  ).action(async (id: string, numbers: number[], options: HubOptions) => (await acts()).slots(id, numbers, options))
  simple(command, 'maintenance', 'give it no more sessions').action(async (id: string, options: HubOptions) =>
    (await acts()).underMaintenance(id, options),
  )
  simple(command, 'online', 'it is there').action(async (id: string, options: HubOptions) => (await acts()).online(id, options))
  simple(command, 'offline', 'it is gone; not while it holds live sessions').action(async (id: string, options: HubOptions) =>
    (await acts()).offline(id, options),
  )
  withSession(command, 'assign', 'give a live session a slot of it')
    .option('--slot <number>', 'this one (default: the lowest that is free)', wholeNumber(1, 1_000_000))
    .action(async (id: string, session: string, options: HubOptions & { slot?: number }) => (await acts()).assign(id, session, options))
  withSession(command, 'release', 'take the slot of a session back; it keeps its machine').action(
    async (id: string, session: string, options: HubOptions) => (await acts()).release(id, session, options),
  )
}

/** A command about one machine. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<id>', 'of the machine'))
}

/** A command about one machine and one session. */
function withSession(command: Command, name: string, about: string): Command {
  const both = command.command(name).description(about).argument('<id>', 'of the machine').argument('<session>', 'or its first characters')
  return answerOptions(both)
}
