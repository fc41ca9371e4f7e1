import { Command, CommanderError } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { commands } from './command-list.ts'
import { Failure } from './failure.ts'

/** Other words people type for a command. */
const aliases: Readonly<Record<string, string>> = {
  price: 'prices',
  key: 'keys',
  start: 'up',
  stats: 'usage',
  session: 'sessions',
  task: 'tasks',
  machine: 'machines',
  limit: 'limits',
}

/**
 * Runs one command line, told without the names of Node and of the file.
 * @returns the exit code: 0 done, 1 failed, 2 not understood. What went wrong has been told on stderr.
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const words = args.map((word, index) => (index === wordIndex(args) ? (aliases[word] ?? word) : word))
    await (await program(words)).parseAsync(words, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    return tell(error)
  }
}

/** The whole tree of commands, of which only the one that `args` names is loaded. */
async function program(args: readonly string[]): Promise<Command> {
  const root = new Command('signalbox')
    .description('One room from which you see every Claude Code session, on every machine, and what it uses.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; also `signalbox COMMAND --help`')
    .helpCommand('help [command]', 'print help for a command')
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({ outputError: (text, write) => write(`signalbox: ${text.replace(/^error: /, '')}`) })
    .showHelpAfterError('Run with --help to see what it takes.')
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  signalbox up                    start everything; the page is at http://127.0.0.1:4000
  signalbox usage                 what was used, day by day
  signalbox usage blocks          in windows of five hours, with the pace of the current one
  signalbox sessions list         who runs where, and whether it still lives
  signalbox doctor                when something is not as it should be`,
    )
  const asked = args[wordIndex(args)]
  const named = asked === 'help' ? args[wordIndex(args) + 1] : asked
  for (const { name, about, load } of commands) {
    const command = root.command(name).description(about)
    if (name === named) (await load())(command)
  }
  if (args.length === 0) root.action(() => root.outputHelp())
  return root
}

function wordIndex(args: readonly string[]): number {
  return args.findIndex((word) => !word.startsWith('-'))
}

/** Says in a line what went wrong and what to do. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { message, suggestion, code } = error as { message?: unknown; suggestion?: unknown; code?: unknown }
  if (error instanceof Failure || typeof suggestion === 'string' || (error as Error)?.name === 'SettingsError') {
    const lines = String(message).split('\n')
    console.error(`signalbox: ${lines.join('\n           ')}${suggestion ? ` ${suggestion}` : ''}`)
    return error instanceof Failure ? error.exitCode : 1
  }
  if (typeof code === 'string' && code.startsWith('E')) {
    console.error(`signalbox: ${message}`)
    return 1
  }
  // Nobody foresaw this one; its stack is what a bug report needs.
  console.error('signalbox: something went wrong that should not have. Please report it with these lines:')
  console.error(error)
  return 1
}
