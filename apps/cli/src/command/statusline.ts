import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSettings } from '@signalbox/contract/setting'
import { type Command, Option } from 'commander'
import { duration } from '../number.ts'
import { printable } from '../printable.ts'
import { shown } from '../shown.ts'
import { install as installAt, type Place, statusOf, uninstall as uninstallAt } from '../statusline/install.ts'
import { showStatusLine } from '../statusline/show.ts'

export function statusline(command: Command): void {
  command
    .addOption(new Option('--spooled', 'print our own line only').hideHelp())
    .addHelpText(
      'after',
      `
As a status line command of Claude Code it reads the session's JSON on stdin, keeps it for the collector, and prints a line:
model, context, and how much of the five hours and the week is used, with the time to their resets.
A status line you have already goes on as it is: install puts ours before it, uninstall puts everything back.

Examples:
  signalbox statusline install
  signalbox statusline status
  signalbox statusline uninstall`,
    )
    .action(show)
  command.command('install').description("put it into Claude Code's settings.json, before the status line that is there").action(install)
  command.command('uninstall').description('put settings.json back as it was').action(uninstall)
  command.command('status').description('whether it is set up, and what it runs').option('--json', 'print it for a program').action(status)
}

/** Wrong settings must not speak into a session. */
async function show({ spooled }: { spooled?: true }): Promise<void> {
  const chunks: Buffer[] = []
  if (!process.stdin.isTTY) for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  let dataDir: string | undefined
  let settings: string[] = []
  try {
    dataDir = readSettings(process.env, ['DATA_DIR']).DATA_DIR
    settings = settingsFiles()
  } catch {
    // The line is printed without them.
  }
  process.exitCode = await showStatusLine(Buffer.concat(chunks), {
    dataDir,
    settings,
    spooled: spooled === true,
    now: Date.now(),
    columns: Number(process.env.COLUMNS) || 200,
  })
}

function install(): void {
  for (const place of places()) {
    const { done, former, backup } = installAt(place)
    const file = shown(place.settings)
    if (done === 'already') {
      process.stdout.write(`${file} has it already; nothing was changed there.\n`)
      continue
    }
    process.stdout.write(
      former === undefined
        ? `${file} shows our status line from the next answer of a session on.\n`
        : `${file} goes on with its own status line, which now leaves its plan limits for the collector: ${printable(former)}\n`,
    )
    if (backup !== undefined) process.stdout.write(`What it held before is kept in ${shown(backup)}.\n`)
    process.stdout.write('To undo it: signalbox statusline uninstall\n')
  }
}

function uninstall(): void {
  for (const place of places()) {
    const { done, command } = uninstallAt(place)
    const file = shown(place.settings)
    if (done === 'nothing') process.stdout.write(`${file} does not have it; nothing was changed.\n`)
    else if (done === 'changed') {
      process.stdout.write(
        `${file} has had another status line since, which stays: ${command === undefined ? 'none' : printable(command)}\n`,
      )
    } else process.stdout.write(command === undefined ? `${file} has no status line again.\n` : `${file} has its own status line again.\n`)
  }
}

function status({ json }: { json?: true }): void {
  const now = Date.now()
  const all = places().map(statusOf)
  process.exitCode = all.every(({ state }) => state === 'installed') ? 0 : 1
  if (json) return void process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
  for (const { settings, state, command, spooledAt } of all) {
    process.stdout.write(
      {
        installed: `${shown(settings)} has it, before ${command === undefined ? 'no other: our own line is shown' : printable(command)}.\n`,
        'not installed': `${shown(settings)} does not have it. To set it up: signalbox statusline install\n`,
        'script missing': `${shown(settings)} has it, but its script is gone: only the status line itself runs. To mend it: signalbox statusline install\n`,
      }[state],
    )
    if (state === 'installed' && spooledAt !== undefined) {
      process.stdout.write(`What it last left ${duration(now - spooledAt)} ago waits for the collector: signalbox up\n`)
    }
  }
}

function places(): Place[] {
  const { DATA_DIR: dataDir } = readSettings(process.env, ['DATA_DIR'])
  const bin = fileURLToPath(new URL('../../bin/signalbox.mjs', import.meta.url))
  return settingsFiles().map((settings) => ({ dataDir, settings, platform: process.platform, signalbox: [process.execPath, bin] }))
}

/** Where Claude Code has its settings: in the folders that were named, else in `~/.claude`. */
function settingsFiles(): string[] {
  const { CLAUDE_CONFIG_DIR: named } = readSettings(process.env, ['CLAUDE_CONFIG_DIR'])
  const folders = named.length > 0 ? named : [path.join(os.homedir(), '.claude')]
  return folders.map((folder) => path.join(folder, 'settings.json'))
}
