import type { Command } from 'commander'
import { uuidOption, wholeNumber } from '../hub/option.ts'
import type { Io } from '../io.ts'
import { runCommand } from '../run/run-command.ts'
import type { RunOptions } from '../run/run-options.ts'

export function run(command: Command, io: Io): void {
  command
    .argument('<command...>', 'the program and its arguments, after --')
    .option('--name <text>', 'name of the session on the dashboard (default: the one of Claude Code, or the name of another program)')
    .option('--project <id>', 'its project (default: the folder, as in usage reports)')
    .option('--machine <id>', 'its machine (default: this one)')
    .option('--slot <number>', 'claim this slot of the machine; does not start while another session holds it', wholeNumber(1, 1_000_000))
    .option('--task <name>', 'a task that is in progress while it runs, then completed or failed')
    .option('--session <uuid>', 'id of a session that exists on the hub, for a new session of Claude Code', uuidOption)
    .option('--verbose', 'print on stderr what is wrong between this command and the hub')
    .addHelpText(
      'after',
      `
Runs Claude Code, or another program, as if it were started directly: same terminal, input, output, signals and exit code.
Meanwhile the hub sees the session start, live and end. Without a hub the program runs all the same, and what was seen is sent
by a later run. With \`-p --output-format stream-json\` the hub also sees tools, turns, cost and tokens, never their content.

Examples:
  signalbox run -- claude
  signalbox run --name nightly -- claude -p "run the tests" --output-format stream-json --verbose
  signalbox run --slot 2 --task "fix login" -- claude -p "fix the login"
  signalbox run --project shop -- ./agent.sh`,
    )
    .action((words: string[], options: RunOptions) => runCommand(io, words, options))
}
