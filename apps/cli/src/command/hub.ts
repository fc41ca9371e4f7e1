import type { Command } from 'commander'
import { runApp } from '../child/run-app.ts'
import type { Io } from '../io.ts'

export function hub(command: Command, io: Io): void {
  command
    .addHelpText(
      'after',
      `
Settings come from the environment, such as PORT, HOST, DATA_DIR and API_KEYS; all are in docs/configuration.md.
To listen beyond this machine (HOST=0.0.0.0) it needs an API key: signalbox keys create

Examples:
  signalbox hub
  PORT=8080 DATA_DIR=/var/lib/signalbox signalbox hub`,
    )
    .action(async () => {
      io.exitCode = await runApp(io, 'hub', [])
    })
}
