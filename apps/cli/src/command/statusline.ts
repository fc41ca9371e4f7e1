import { formatDuration } from '@signalbox/contract/duration-text'
import { printable } from '@signalbox/contract/printable'
import { readSettings } from '@signalbox/contract/setting'
import type { Clock } from '@signalbox/usage/zone'
import { type Command, Option } from 'commander'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { settingsFiles, statusLinePlaces } from '../statusline/places.ts'
import { showStatusLine } from '../statusline/show.ts'

/** Not needed to print the line, which has to be quick. */
const installer = () => import('../statusline/install.ts')

export function statusline(command: Command, io: Io): void {
  command
    .addOption(new Option('--spooled', 'print the Signalbox line only').hideHelp())
    .addHelpText(
      'after',
      `
As Claude Code's status line command it reads the session's JSON on stdin, saves it for the collector, and prints the model,
the context, how much of the 5-hour and weekly limits is used, with the time to their resets, the cost of the session at list
price, and how long the prompt cache lives; each part where it is known.
An existing status line keeps working: install adds Signalbox in front of it, uninstall restores the file.

Examples:
  signalbox statusline install
  signalbox statusline status
  signalbox statusline uninstall`,
    )
    .action((options: { spooled?: true }) => show(io, options))
  command
    .command('install')
    .description("add it to Claude Code's settings.json, in front of an existing status line")
    .action(() => install(io))
  command
    .command('uninstall')
    .description('restore settings.json')
    .action(() => uninstall(io))
  command
    .command('status')
    .description('show whether it is installed, and what it runs')
    .option('--json', 'print it as JSON')
    .action((options: { json?: true }) => status(io, options))
}

/** Invalid settings must print nothing: the output is shown in a session. */
async function show(io: Io, { spooled }: { spooled?: true }): Promise<void> {
  const chunks: Buffer[] = []
  if (!io.stdin.isTTY) for await (const chunk of io.stdin) chunks.push(chunk as Buffer)
  let dataDir: string | undefined
  let settings: string[] = []
  try {
    dataDir = readSettings(io.env, ['DATA_DIR']).DATA_DIR
    settings = settingsFiles(io)
  } catch {
    // The line needs neither.
  }
  io.exitCode = await showStatusLine(io, Buffer.concat(chunks), {
    dataDir,
    settings,
    spooled: spooled === true,
    columns: Number(io.env.COLUMNS) || 200,
    clock: await clockOf(io),
  })
}

/** The clock of TIMEZONE; undefined for that of the machine, which needs no module. */
async function clockOf(io: Io): Promise<Clock | undefined> {
  try {
    const { TIMEZONE: zone } = readSettings(io.env, ['TIMEZONE'])
    return zone === undefined ? undefined : (await import('@signalbox/usage/zone')).zoneClock(zone)
  } catch {
    // `signalbox doctor` reports it.
    return undefined
  }
}

async function install(io: Io): Promise<void> {
  const { install: installAt } = await installer()
  for (const place of statusLinePlaces(io)) {
    const { done, former, backup } = installAt(place)
    const file = formatPath(place.settings)
    if (done === 'already') {
      io.stdout.write(`${file}: already installed; nothing changed.\n`)
      continue
    }
    io.stdout.write(
      former === undefined
        ? `${file}: installed. Claude Code shows the Signalbox status line from its next message on.\n`
        : `${file}: installed. Your own status line stays, and its plan limits now also go to the collector: ${printable(former)}\n`,
    )
    if (backup !== undefined) io.stdout.write(`Backup: ${formatPath(backup)}\n`)
    io.stdout.write('To undo: signalbox statusline uninstall\n')
  }
}

async function uninstall(io: Io): Promise<void> {
  const { uninstall: uninstallAt } = await installer()
  for (const place of statusLinePlaces(io)) {
    const { done, command } = uninstallAt(place)
    const file = formatPath(place.settings)
    if (done === 'nothing') io.stdout.write(`${file}: not installed; nothing changed.\n`)
    else if (done === 'changed') {
      io.stdout.write(
        `${file}: the status line was changed since, and stays as it is: ${command === undefined ? 'none' : printable(command)}\n`,
      )
    } else io.stdout.write(command === undefined ? `${file}: uninstalled.\n` : `${file}: uninstalled. Your own status line is back.\n`)
  }
}

async function status(io: Io, { json }: { json?: true }): Promise<void> {
  const { readStatus } = await installer()
  const now = io.now()
  const all = statusLinePlaces(io).map(readStatus)
  io.exitCode = all.every(({ state }) => state === 'installed') ? 0 : 1
  if (json) return void io.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
  for (const { settings, state, command, spooledAt } of all) {
    io.stdout.write(
      {
        installed: `${formatPath(settings)}: installed, ${command === undefined ? 'showing the Signalbox status line' : `in front of ${printable(command)}`}.\n`,
        'not installed': `${formatPath(settings)}: not installed. To install it: signalbox statusline install\n`,
        'script missing': `${formatPath(settings)}: installed, but its script is missing, so only your own status line runs. To fix it: signalbox statusline install\n`,
      }[state],
    )
    if (state === 'installed' && spooledAt !== undefined) {
      io.stdout.write(`Input saved ${formatDuration(now - spooledAt)} ago is waiting for the collector: signalbox up\n`)
    }
  }
}
