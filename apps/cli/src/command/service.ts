import { Argument, type Command } from 'commander'
import type { Io } from '../io.ts'
import type { ServiceProgram } from '../service/service-program.ts'

const programs: readonly ServiceProgram[] = ['up', 'hub', 'collector']
const programArgument = () =>
  new Argument('[program]', 'what runs: hub and collector together (up), or one of them').choices(programs).default('up')

export function service(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
A systemd user unit on Linux, a launchd agent on macOS, a scheduled task on Windows. It has the settings of the shell in which
you install it, but for secrets. For a service of the whole machine, see docs/DEPLOYMENT.md.

Examples:
  signalbox service install
  PORT=8080 signalbox service install hub
  signalbox service uninstall`,
  )
  command
    .command('install')
    .description('make the service and start it; run again, it has the settings of now')
    .addArgument(programArgument())
    .option('--dry-run', 'only print what would be written')
    .action(async (program: ServiceProgram, options: { dryRun?: true }) => {
      const { install } = await import('../service/install.ts')
      await install(io, program, options)
    })
  command
    .command('uninstall')
    .description('stop the service and remove it; the data stays')
    .addArgument(programArgument())
    .action(async (program: ServiceProgram) => {
      const { uninstall } = await import('../service/install.ts')
      await uninstall(io, program)
    })
  command
    .command('status')
    .description('show which services there are; exit code 1 when none runs')
    .option('--json', 'print it as JSON')
    .action(async (options: { json?: true }) => {
      const { status } = await import('../service/install.ts')
      io.exitCode = await status(io, options)
    })
}
