import { inspect } from 'node:util'
import { type Command, CommanderError } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { CliCommand } from './command-line/cli-command.ts'
import { type CommandEntry, commands } from './command-list.ts'
import { Failure, Interrupted } from './failure.ts'
import type { Io } from './io.ts'
import { withPrintableOutput } from './printable-output.ts'

/** Singular and other names that work for a command, and are not in the help. */
const aliases: Readonly<Record<string, string>> = {
  price: 'prices',
  key: 'keys',
  start: 'up',
  stats: 'usage',
  session: 'sessions',
  task: 'tasks',
  machine: 'machines',
  limit: 'limits',
  alert: 'alerts',
  channel: 'channels',
  rule: 'rules',
  budget: 'budgets',
  account: 'accounts',
  answers: 'answer',
  hook: 'hooks',
  signin: 'signins',
}

/**
 * Runs one command line, without the names of Node and of the file.
 * @returns the exit code: 0 success, 1 failure, 2 invalid command line, 130 Ctrl-C. Errors are on stderr.
 */
export async function run(args: readonly string[], process: Io): Promise<number> {
  const io = withPrintableOutput(process)
  try {
    const asked = askForHelp(args)
    const words = asked.map((word, index) => (index === wordIndex(asked) ? (aliases[word] ?? word) : word))
    await (await program(words, io)).parseAsync(words, { from: 'user' })
    return io.exitCode
  } catch (error) {
    // Scripts read the version alone.
    if (isVersion(error) && io.stdout.isTTY) await (await import('./hub/version-note.ts')).printHubVersion(io)
    return reportError(error, io)
  }
}

function isVersion(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.version'
}

/** The tree of commands; only the one that `args` names is loaded. */
async function program(args: readonly string[], io: Io): Promise<Command> {
  const columns = () => helpColumns(io)
  const root = new CliCommand('signalbox', columns)
    .description('See every Claude Code session on every machine, and its usage.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: columns,
      getErrHelpWidth: columns,
      // The help has no colours.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    // A command below another has options of its own, also where the other has some of the same name.
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  signalbox up                    start everything; the dashboard is at http://127.0.0.1:4000
  signalbox usage                 usage by day
  signalbox usage blocks          usage by five-hour block, with the burn rate of the active one
  signalbox sessions list         sessions, newest first
  signalbox doctor                find out what is wrong`,
    )
  const named = args[wordIndex(args)]
  const isNamed = ({ name, alias }: CommandEntry) => named !== undefined && [name, alias].includes(named)
  // Only help, and what is no command, needs the others.
  const known = args[0] === named ? commands.filter(isNamed) : []
  for (const entry of known.length === 0 ? commands : known) {
    const command = root.command(entry.name).description(entry.about)
    if (entry.alias !== undefined) command.alias(entry.alias)
    if (isNamed(entry)) (await entry.load())(command, io)
  }
  if (args.length === 0) root.action(() => root.outputHelp())
  return root
}

/** The width of help: that of the terminal, up to what reads well. */
function helpColumns({ stdout, env }: Io): number {
  return Math.min(MAX_HELP_COLUMNS, (stdout.isTTY && stdout.columns) || Number(env.COLUMNS) || DEFAULT_HELP_COLUMNS)
}
const DEFAULT_HELP_COLUMNS = 80
const MAX_HELP_COLUMNS = 110

/** `help sessions list` as `sessions list --help`: the library's own knows the first word only. */
function askForHelp(args: readonly string[]): readonly string[] {
  const [first, ...others] = args
  return first === 'help' ? [...others, '--help'] : args
}

function wordIndex(args: readonly string[]): number {
  return args.findIndex((word) => !word.startsWith('-'))
}

/** Prints the error, and a suggestion, in one line. */
function reportError(error: unknown, { stderr }: Io): number {
  if (error instanceof Interrupted) return 130
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { message, suggestion, code } = error as { message?: unknown; suggestion?: unknown; code?: unknown }
  if (error instanceof Failure || typeof suggestion === 'string' || (error as Error)?.name === 'SettingsError') {
    const lines = String(message).split('\n')
    stderr.write(`signalbox: ${lines.join('\n           ')}${suggestion ? ` ${suggestion}` : ''}\n`)
    return error instanceof Failure ? error.exitCode : 1
  }
  if (typeof code === 'string' && code.startsWith('E')) {
    stderr.write(`signalbox: ${message}\n`)
    return 1
  }
  stderr.write(`signalbox: unexpected error. Please report it with this stack trace:\n${inspect(error)}\n`)
  return 1
}
