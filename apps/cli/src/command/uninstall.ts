import type { Command } from 'commander'
import type { Io } from '../io.ts'
import type { UninstallOptions } from '../uninstall/uninstall.ts'

export function uninstall(command: Command, io: Io): void {
  command
    .option('--data', 'also delete the data: hub database, ledger, settings, keys')
    .option('--dry-run', 'only print what would be done')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
Undoes what Signalbox has changed on this machine: connections to hubs with the plugin, hooks, status line and telemetry of
Claude Code, and services. Then it prints what stays, and how to remove that. Claude Code's own files are as they were before,
but for what was changed in them since. Without --data nothing that was counted is lost.

Examples:
  signalbox uninstall --dry-run
  signalbox uninstall
  signalbox backup --to /mnt/backup && signalbox uninstall --data`,
    )
    .action(async (options: UninstallOptions) => (await import('../uninstall/uninstall.ts')).uninstall(io, options))
}
