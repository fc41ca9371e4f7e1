import path from 'node:path'
import { formatDuration } from '@signalbox/contract/duration-text'
import { type Command, Option } from 'commander'
import { formatPath } from '../format-path.ts'
import type { AnswersOnOptions } from '../hooks/answers.ts'
import type { HookPlace } from '../hooks/install.ts'
import { waitOption } from '../hooks/wait-option.ts'
import type { Io } from '../io.ts'

const installer = () => import('../hooks/install.ts')

interface PlaceOptions {
  readonly user?: true
  readonly project?: true
  readonly configDir?: string
}

export function hooks(command: Command, io: Io): void {
  command.addHelpText(
    'after',
    `
For Claude Code without the Signalbox plugin: its hooks, written into settings.json. They report prompts, tools, subagents,
tasks, permissions and ends of sessions to the hub; never what was said or done. An event takes some milliseconds, waits in
DATA_DIR while there is no hub, and is counted once where the plugin is installed too.

Examples:
  signalbox hooks install
  signalbox hooks install --project
  signalbox hooks status
  signalbox hooks uninstall
  signalbox hooks answers on --wait 4h      let sessions be answered from the page, with "signalbox answer" or by a link
  signalbox hooks budgets on                hold sessions at the hard lines of budgets`,
  )
  withPlace(command.command('install').description('add the hooks to those in the settings')).action((options: PlaceOptions) =>
    install(io, options),
  )
  withPlace(command.command('uninstall').description('remove them; the settings are as before')).action((options: PlaceOptions) =>
    uninstall(io, options),
  )
  withPlace(command.command('status').description('show where they are installed, and when the last event came'))
    .option('--json', 'print it as JSON')
    .action((options: PlaceOptions & { json?: true }) => status(io, options))
  answers(command.command('answers').description('whether sessions can be answered from elsewhere: off unless you switch it on'), io)
  budgets(command.command('budgets').description('whether budgets hold sessions at their hard lines: off unless you switch it on'), io)
}

/** Whether budgets may hold sessions of this machine. */
function budgets(command: Command, io: Io): void {
  const acts = () => import('../hooks/budgets.ts')
  command
    .command('on')
    .description('hold sessions on this machine between two calls, at the hard line of a budget')
    .action(async () => (await acts()).switchOn(io))
  command
    .command('off')
    .description('no session is held')
    .action(async () => (await acts()).switchOff(io))
  command
    .command('status')
    .description('show whether it is on')
    .option('--json', 'print it as JSON')
    .action(async (options: { json?: true }) => (await acts()).budgetsStatus(io, options))
}

/** Whether questions of sessions may be answered from elsewhere. */
function answers(command: Command, io: Io): void {
  const acts = () => import('../hooks/answers.ts')
  command
    .command('on')
    .description('send what sessions on this machine ask to its hub, where keys with the scope answer may answer')
    .option('--wait <time>', 'how long an answer is waited for, such as 30m (default: 4h); the terminal goes on asking', waitOption)
    .option('--print-runs', 'also in runs of claude -p, which would refuse at once otherwise')
    .action(async (options: AnswersOnOptions) => (await acts()).switchOn(io, options))
  command
    .command('off')
    .description('only the terminal asks')
    .action(async () => (await acts()).switchOff(io))
  command
    .command('status')
    .description('show whether it is on')
    .option('--json', 'print it as JSON')
    .action(async (options: { json?: true }) => (await acts()).answersStatus(io, options))
}

function withPlace(command: Command): Command {
  return command
    .addOption(new Option('--user', "in this user's settings.json, for every project (default)").conflicts('project'))
    .addOption(
      new Option('--project', 'in .claude/settings.local.json of this folder, which is not shared: the hooks name files of this machine'),
    )
    .addOption(
      new Option('--config-dir <path>', "the folder of the user's settings (default: CLAUDE_CONFIG_DIR, else ~/.claude)").conflicts(
        'project',
      ),
    )
}

async function install(io: Io, options: PlaceOptions): Promise<void> {
  const { installHooks } = await installer()
  for (const place of await places(io, options)) {
    const { done, events, backup } = installHooks(place)
    const file = formatPath(place.settings)
    if (done === 'already') {
      io.stdout.write(`${file}: already installed; nothing changed.\n`)
      continue
    }
    io.stdout.write(`${file}: hooks of ${events} events ${done}. Sessions of Claude Code use them from their next start on.\n`)
    if (backup !== undefined) io.stdout.write(`Backup: ${formatPath(backup)}\n`)
    io.stdout.write(`To undo: signalbox hooks uninstall${options.project ? ' --project' : ''}\n`)
  }
}

async function uninstall(io: Io, options: PlaceOptions): Promise<void> {
  const { uninstallHooks } = await installer()
  for (const place of await places(io, options)) {
    io.stdout.write(`${formatPath(place.settings)}: ${uninstallHooks(place) ? 'uninstalled' : 'not installed; nothing changed'}.\n`)
  }
}

async function status(io: Io, options: PlaceOptions & { json?: true }): Promise<void> {
  const { readHooksStatus } = await installer()
  const all = (await places(io, options)).map(readHooksStatus)
  const now = io.now()
  io.exitCode = all.every(({ state }) => state === 'installed') ? 0 : 1
  if (options.json) {
    const rows = all.map((one) => ({
      ...one,
      last_event_at: one.last_event_at === undefined ? null : new Date(one.last_event_at).toISOString(),
    }))
    io.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
    return
  }
  const install = `signalbox hooks install${options.project ? ' --project' : ''}`
  for (const { settings, state, last_event_at, waiting } of all) {
    const text = {
      installed: 'installed.',
      outdated: `installed by another version. To update: ${install}`,
      'script missing': `installed, but the script is missing, so nothing is reported. To fix it: install Signalbox again, then ${install}`,
      'not installed': `not installed. To install: ${install}`,
    }[state]
    io.stdout.write(`${formatPath(settings)}: ${text}\n`)
    if (state === 'not installed') continue
    io.stdout.write(last_event_at === undefined ? 'No event has come yet.\n' : `Last event ${formatDuration(now - last_event_at)} ago.\n`)
    if (waiting > 0) io.stdout.write(`Events waiting for the hub: ${waiting}. To see why: signalbox doctor\n`)
  }
}

async function places(io: Io, { project, configDir }: PlaceOptions): Promise<HookPlace[]> {
  // Loaded on demand: the plugin's own hooks are read with it.
  const { hookPlaces } = await import('../hooks/places.ts')
  if (project) return hookPlaces(io, [path.join(io.cwd, '.claude', 'settings.local.json')])
  return configDir === undefined ? hookPlaces(io) : hookPlaces(io, [path.join(path.resolve(io.cwd, configDir), 'settings.json')])
}
