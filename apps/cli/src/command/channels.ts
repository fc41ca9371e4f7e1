import { channelWords } from '@signalbox/client/alert-words'
import { channelKinds } from '@signalbox/contract/channel-kind'
import type { Command } from 'commander'
import type { SnoozeOptions } from '../channels/actions.ts'
import type { AddOptions } from '../channels/add.ts'
import { anyFieldOptions, fieldOptions } from '../channels/field-option.ts'
import { quietOption, zoneOption } from '../channels/quiet-option.ts'
import type { SetOptions } from '../channels/set.ts'
import type { ConfirmOptions } from '../hub/confirm.ts'
import { snoozeEndOptions } from '../hub/end-option.ts'
import { answerOptions, type ListOptions, listOptions, oneOf } from '../hub/option.ts'
import type { HubOptions } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { zoneOf } from '../zone-of.ts'

const acts = () => import('../channels/actions.ts')

export function channels(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
CHANNEL is the id or name of a channel. Rules without channels of their own notify all of them.
Browsers subscribe themselves, in the settings of the page.

Examples:
  signalbox channels add webhook --url https://example.com/hooks --name ci --json
  signalbox channels add ntfy --topic signalbox-7h2kq --quiet 22:00-07:00 --test
  signalbox channels set ci --quiet 22:00-07:00 --lets-through none
  signalbox channels test ci
  signalbox channels messages ci                   what was sent, and what the peer answered
  signalbox channels list`,
  )
  answerOptions(
    command.command('list', { isDefault: true }).description('list channels, and whether messages get through'),
    'the rows',
  ).action(async (options: HubOptions) => (await import('../channels/list.ts')).list(io, options))
  simple(command, 'show', 'show a channel; of its secrets, only that they are there').action(async (channel: string, options: HubOptions) =>
    (await import('../channels/show.ts')).show(io, channel, options),
  )
  add(command, io)
  const set = simple(command, 'set', 'change a channel; what is not given stays')
    .option('--name <name>', 'what people call it')
    .option('--test', 'send a test message first; without an answer nothing is changed')
  quietOptions(set, io).option('--no-quiet', 'no quiet hours').option('--no-action-links', 'no such links')
  anyFieldOptions(set).action(async (channel: string, options: SetOptions) =>
    (await import('../channels/set.ts')).set(io, channel, options),
  )
  simple(command, 'test', 'send a test message, and print what the peer answered').action(async (channel: string, options: HubOptions) =>
    (await acts()).test(io, channel, options),
  )
  listOptions(
    command
      .command('messages')
      .description('list what was sent through a channel, newest first')
      .argument('<channel>', 'id or name of the channel'),
  ).action(async (channel: string, options: HubOptions & ListOptions) =>
    (await import('../channels/messages.ts')).messages(io, channel, options),
  )
  simple(command, 'rename', 'give it another name')
    .argument('<name>', 'the new name')
    .action(async (channel: string, name: string, options: HubOptions) => (await acts()).rename(io, channel, name, options))
  snoozeEndOptions(simple(command, 'snooze', 'notify it of nothing for some time'), io).action(
    async (channel: string, options: SnoozeOptions) => (await acts()).snooze(io, channel, options),
  )
  simple(command, 'enable', 'switch it on').action(async (channel: string, options: HubOptions) =>
    (await acts()).setEnabled(io, channel, true, options),
  )
  simple(command, 'disable', 'switch it off').action(async (channel: string, options: HubOptions) =>
    (await acts()).setEnabled(io, channel, false, options),
  )
  simple(command, 'remove', 'remove it; what waits for it is dropped')
    .option('--yes', 'do not ask')
    .action(async (channel: string, options: HubOptions & ConfirmOptions) => (await acts()).remove(io, channel, options))
}

/** A command for each kind of channel, with the options of its fields. */
function add(command: Command, io: Io): void {
  const adding = command
    .command('add')
    .description('set a channel up, and print its id on stdout; its secret, where the hub makes one, on stderr')
    .addHelpText(
      'after',
      `
Each kind has options of its own: signalbox channels add slack --help
Instead of a secret, @FILE reads it from a file and - from stdin, so that no list of processes shows it.

Examples:
  signalbox channels add webhook --url https://example.com/hooks --name ci --json
  signalbox channels add telegram --bot-token @token.txt --chat-id -1001234567890 --test
  signalbox channels add email --to ops@example.com --quiet 'mon-fri 22:00-07:00' --quiet 'sat,sun 00:00-00:00'`,
    )
  for (const kind of channelKinds) {
    // Browsers subscribe themselves.
    if (kind === 'web_push') continue
    const { name, about } = channelWords[kind]
    const one = adding.command(kind).description(`${name}: ${about}`)
    quietOptions(fieldOptions(one, kind).option('--name <name>', `what people call it (default: ${name})`), io)
      .option('--off', 'do not switch it on yet')
      .option('--test', 'send a test message first; without an answer no channel is made')
    answerOptions(one, 'the channel').action(async (options: AddOptions) => (await import('../channels/add.ts')).add(io, kind, options))
  }
}

function quietOptions(command: Command, io: Io): Command {
  return command
    .option(
      '--quiet <hours>',
      'quiet hours such as 22:00-07:00 or "mon-fri 22:00-07:00"; repeatable',
      quietOption(() => zoneOf(io)),
    )
    .option('--quiet-zone <zone>', 'the time zone of quiet hours (default: that of this machine)', zoneOption)
    .addOption(oneOf('--lets-through <what>', 'what is sent in quiet hours all the same (default: critical)', ['critical', 'none']))
    .option('--action-links', 'links that answer a session or raise a budget, for anyone who reads the message')
}

/** A command about one channel. */
function simple(command: Command, name: string, about: string): Command {
  return answerOptions(command.command(name).description(about).argument('<channel>', 'id or name of the channel'))
}
