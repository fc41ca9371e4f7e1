import fs from 'node:fs'
import path from 'node:path'
import { printable } from '@signalbox/contract/printable'
import { readSettings } from '@signalbox/contract/setting'
import { writePrivateFile } from '@signalbox/hub-address/private-file'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { findPlugin } from '../plugin-place.ts'
import { digest } from '../settings-file/installed.ts'
import { readText, replaceFile } from '../settings-file/replace-file.ts'
import { signalboxCommand } from '../statusline/places.ts'
import type { ConnectContext } from './context.ts'
import type { StepRecord } from './record.ts'
import { findProgram, type ProgramResult, runProgram } from './run-program.ts'

const STEP = 'plugin'

interface Marketplace {
  /** The folder to add. */
  readonly folder: string
  readonly market: string
  readonly plugin: string
}

/** Installs Signalbox's plugin with Claude Code's own command; where that cannot be done, its hooks. */
export async function connectPlugin(context: ConnectContext): Promise<void> {
  const { io, say } = context
  const claude = findProgram(io, 'claude')
  const marketplace = readMarketplace(findPlugin().marketplace)
  const reason =
    claude === undefined
      ? 'claude is not on the PATH'
      : marketplace === undefined
        ? 'this copy of Signalbox has no plugin'
        : await installPlugin(context, claude, marketplace)
  if (reason === undefined) return
  say(STEP, `not installed: ${reason}.`)
  await connectHooks(context)
}

/** The marketplace file in a checkout. */
export function readMarketplace(folder: string): Marketplace | undefined {
  try {
    const text = fs.readFileSync(path.join(folder, '.claude-plugin', 'marketplace.json'), 'utf8')
    const { name, plugins } = JSON.parse(text) as { name?: unknown; plugins?: { name?: unknown }[] }
    const plugin = plugins?.[0]?.name
    return typeof name === 'string' && typeof plugin === 'string' ? { folder: path.resolve(folder), market: name, plugin } : undefined
  } catch {
    return undefined
  }
}

/** @returns why it could not be installed; undefined when it is */
export async function installPlugin(
  context: ConnectContext,
  claude: string,
  { folder, market, plugin }: Marketplace,
): Promise<string | undefined> {
  const { io, say } = context
  const id = `${plugin}@${market}`
  for (const [index, configDir] of configDirs(io).entries()) {
    const claudeOf = (...args: string[]) => runClaude(io, claude, configDir, args)
    const listed = await claudeOf('list', '--json')
    if (!listed.ok) return `\`claude plugin list\` failed: ${printable(listed.problem)}`
    if (isListed(listed.stdout, id)) {
      say(STEP, `${id} is installed already; unchanged.`)
      continue
    }
    if (context.dryRun) {
      say(STEP, `would run: claude plugin marketplace add ${formatPath(folder)} && claude plugin install ${id}`)
      continue
    }
    const known = findMarket((await claudeOf('marketplace', 'list', '--json')).stdout, market)
    if (known !== undefined && known.path !== folder) {
      return `Claude Code has a marketplace "${market}" from another place. Remove it first: claude plugin marketplace remove ${market}`
    }
    const hadMarket = known !== undefined
    const settings = context.settings[index]!
    const note: PluginRecord = {
      step: 'plugin',
      claude,
      plugin,
      market,
      addedMarket: !hadMarket,
      ...(configDir === undefined ? {} : { configDir }),
      settings,
      ...keepSettings(context, settings),
    }
    context.note(note)
    const added: ProgramResult = hadMarket ? { ok: true, stdout: '', problem: '' } : await claudeOf('marketplace', 'add', folder)
    const installed = added.ok ? await claudeOf('install', id) : added
    if (!installed.ok) {
      if (added.ok && !hadMarket) await claudeOf('marketplace', 'remove', market)
      context.forget(note)
      if (note.backup !== undefined) fs.rmSync(note.backup, { force: true })
      return `Claude Code refused it: ${printable(installed.problem)}`
    }
    say(
      STEP,
      `${id} installed for Claude Code${configDir === undefined ? '' : ` in ${formatPath(configDir)}`}; before: none. It works from the next session on.`,
    )
  }
  return undefined
}

function isListed(json: string, id: string): boolean {
  try {
    return (JSON.parse(json) as { id?: unknown }[]).some((one) => one.id === id)
  } catch {
    return false
  }
}

function findMarket(json: string, name: string): { path?: unknown } | undefined {
  try {
    return (JSON.parse(json) as { name?: unknown; path?: unknown }[]).find((one) => one.name === name)
  } catch {
    return undefined
  }
}

/** Claude Code takes one folder; undefined leaves its own default. */
function configDirs({ env }: Io): (string | undefined)[] {
  const { CLAUDE_CONFIG_DIR: folders } = readSettings(env, ['CLAUDE_CONFIG_DIR'])
  return folders.length === 0 ? [undefined] : folders
}

function runClaude(io: Io, claude: string, configDir: string | undefined, args: readonly string[]): Promise<ProgramResult> {
  return runProgram(io, claude, ['plugin', ...args], configDir === undefined ? {} : { CLAUDE_CONFIG_DIR: configDir })
}

type PluginRecord = Extract<StepRecord, { step: 'plugin' }>

/** @returns what was done */
export async function undoPlugin(io: Io, record: PluginRecord): Promise<string> {
  const { claude, plugin, market, addedMarket, configDir } = record
  const id = `${plugin}@${market}`
  const results = [await runClaude(io, claude, configDir, ['uninstall', id])]
  if (addedMarket) results.push(await runClaude(io, claude, configDir, ['marketplace', 'remove', market]))
  const failed = results.find(({ ok }) => !ok)
  const byHand = `claude plugin uninstall ${id}${addedMarket ? ` && claude plugin marketplace remove ${market}` : ''}`
  if (failed === undefined) restoreSettings(record)
  return failed === undefined
    ? `${id} removed from Claude Code.`
    : `${id} could not be removed (${printable(failed.problem)}). By hand: ${byHand}`
}

/** Keeps a copy of the settings: Claude Code leaves empty lists behind when a plugin is uninstalled. */
function keepSettings({ configFolder }: ConnectContext, settings: string): { backup?: string } {
  const before = readText(settings)
  if (before === undefined) return {}
  const backup = path.join(configFolder, `settings-before-plugin-${digest(settings).slice(0, 8)}.json`)
  writePrivateFile(backup, before)
  return { backup }
}

/** Restores the settings as they were, if nothing in them is different but what Claude Code has left behind. */
function restoreSettings({ settings, backup }: PluginRecord): void {
  const now = readText(settings)
  const former = backup === undefined ? undefined : readText(backup)
  if (now !== undefined && withoutEmptyLists(now) !== undefined && withoutEmptyLists(now) === withoutEmptyLists(former ?? '{}')) {
    replaceFile(settings, now, former)
  }
  if (backup !== undefined) fs.rmSync(backup, { force: true })
}

/** @returns the settings in a comparable form; undefined where they are not plain JSON */
function withoutEmptyLists(text: string): string | undefined {
  try {
    const all = Object.entries(JSON.parse(text) as object)
    const isLeftover = (name: string, value: unknown) =>
      ['enabledPlugins', 'extraKnownMarketplaces'].includes(name) && JSON.stringify(value) === '{}'
    return JSON.stringify(all.filter(([name, value]) => !isLeftover(name, value)).sort(([a], [b]) => (a < b ? -1 : 1)))
  } catch {
    return undefined
  }
}

/** The command that installs the hooks is one of its own. */
async function connectHooks(context: ConnectContext): Promise<void> {
  const { io, say, dryRun } = context
  if (dryRun) return say('hooks', 'would run: signalbox hooks install')
  const isNoted = context.noted('hooks') !== undefined || context.notedEarlier('hooks')
  const note: StepRecord = { step: 'hooks' }
  if (!isNoted) context.note(note)
  const { ok, stdout, problem } = await runHooks(io, 'install')
  if (!ok && !isNoted) context.forget(note)
  say('hooks', ok ? firstLine(stdout) : `not installed: ${problem}.`)
}

/** @returns what was done */
export async function undoHooks(io: Io): Promise<string> {
  const { ok, stdout, problem } = await runHooks(io, 'uninstall')
  return ok ? firstLine(stdout) : `could not be removed (${problem}). By hand: signalbox hooks uninstall`
}

function runHooks(io: Io, word: string): Promise<ProgramResult> {
  const [node, bin] = signalboxCommand(io)
  return runProgram(io, node, [bin, 'hooks', word])
}

function firstLine(text: string): string {
  return printable(text.trim().split('\n')[0] ?? '')
}
