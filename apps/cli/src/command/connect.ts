import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import type { ConnectOptions } from '../connect/connect.ts'
import { usageError } from '../failure.ts'
import { urlOption } from '../hub/option.ts'
import type { Io } from '../io.ts'

interface Options extends ConnectOptions {
  readonly undo?: true
}

export function connect(command: Command, io: Io): void {
  command
    .argument('[url]', 'the address of the hub', hubAddress)
    .argument('[code]', 'the code from `signalbox machines invite`; not needed again once this machine has its key')
    .option('--telemetry', "also let Claude Code send its telemetry to the hub; writes the key into Claude Code's settings.json")
    .option('--no-plugin', 'without the plugin and the hooks of Claude Code')
    .option('--no-statusline', 'without the status line')
    .option('--no-service', 'without the service that runs the collector')
    .option('--dry-run', 'only print what would be done')
    .option('--undo', 'undo the last connection')
    .addHelpText(
      'after',
      `
Exchanges the code for a key of this machine and keeps it in ~/.config/signalbox/credentials.json, which only you can read.
Then installs the plugin and the status line for Claude Code, and runs the collector as a service. Each step prints one
line. It may be run again, and --undo restores everything. docs/connect.md says what each step changes.

Examples:
  signalbox connect https://hub.example K7QX-2MPD
  signalbox connect https://hub.example K7QX-2MPD --no-service --dry-run
  signalbox connect --undo`,
    )
    .action(async (url: string | undefined, code: string | undefined, { undo, ...options }: Options) => {
      if (undo) {
        if (url !== undefined) throw usageError('--undo takes no address.', 'It undoes the last connection.')
        return (await import('../connect/undo.ts')).undo(io, options.dryRun === true)
      }
      if (url === undefined)
        throw usageError('the address of the hub is missing.', 'On the machine of the hub run: signalbox machines invite')
      await (await import('../connect/connect.ts')).connect(io, url, code, options)
    })
}

/** Who has no address has no code either: both come from the machine of the hub. */
function hubAddress(text: string): string {
  try {
    return urlOption(text)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new InvalidArgumentError(
      `${error.message} To get the whole line, with the address and a code, run on the machine of the hub: signalbox machines invite`,
    )
  }
}
