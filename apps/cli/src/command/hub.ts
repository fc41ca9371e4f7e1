import type { Command } from 'commander'
import { runApp } from '../child/run-app.ts'

export function hub(command: Command): void {
  command
    .addHelpText(
      'after',
      `
It takes its settings from the environment, PORT, HOST, DATA_DIR and API_KEYS among them; docs/configuration.md has them all.
Beyond this machine (HOST=0.0.0.0) it needs a key: signalbox keys create`,
    )
    .action(async () => {
      process.exitCode = await runApp('hub', [])
    })
}
