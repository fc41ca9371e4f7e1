import { printable } from '@signalbox/contract/printable'
import { readSettings, type SettingName, SettingsError, settings as table } from '@signalbox/contract/setting'
import { type Ledger, openLedger } from '@signalbox/ledger'
import type { Command } from 'commander'
import { type CheckContext, type Finding, fail, ok } from '../doctor/check.ts'
import { type Period, periods } from '../doctor/checklist/checklist.ts'
import { checks } from '../doctor/checks.ts'
import { usageError } from '../failure.ts'
import { formatCount } from '../format-number.ts'
import type { Io } from '../io.ts'
import { readPriceTable } from '../price-file.ts'
import { createTerminal, type Style } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'

export function doctor(command: Command, io: Io): void {
  command
    .option('--daily', 'go through the daily checklist of the hub instead: hub, sessions, collectors, alerts')
    .option('--weekly', 'the weekly one: backup, versions, failed requests, messages')
    .option('--monthly', 'the monthly one: keys, browsers, size, prices')
    .option('--quarterly', 'the quarterly one: whether the newest backup can be restored, old keys and sessions')
    .option('--backups <folder>', 'where the backups are, for the checklists (default: DATA_DIR/backups)')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
Checks the setup without changing it, except that new transcripts are read.
Exit code 1 when a check fails; warnings do not count.

Examples:
  signalbox doctor
  signalbox doctor --daily
  signalbox doctor --weekly --backups /mnt/backup
  signalbox doctor --json | jq '.findings[] | select(.state != "ok")'`,
    )
    .action((options: DoctorOptions) => run(io, options))
}

type DoctorOptions = { readonly json?: true; readonly backups?: string } & { readonly [period in Period]?: true }

async function run(io: Io, { json, backups, ...chosen }: DoctorOptions): Promise<void> {
  const [period, ...others] = periods.filter((one) => chosen[one])
  if (others.length > 0) throw usageError('there is one checklist at a time.', 'For example: signalbox doctor --daily')
  // Loaded on demand: the checks of this machine do not need it.
  const findings =
    period === undefined
      ? await examine(io)
      : await (await import('../doctor/checklist/run-checklist.ts')).runChecklist(io, period, backups)
  const failed = findings.filter(({ state }) => state === 'fail').length
  io.exitCode = failed > 0 ? 1 : 0
  if (json) return void io.stdout.write(`${JSON.stringify({ ok: failed === 0, findings }, null, 2)}\n`)
  const terminal = createTerminal(io)
  const styles: Record<Finding['state'], Style> = { ok: 'green', warn: 'yellow', fail: 'red' }
  // Wrapped for people; a program finds each finding on a line of its own.
  const columns = io.stdout.isTTY || io.env.COLUMNS ? Math.max(20, terminal.columns - MARGIN) : Number.POSITIVE_INFINITY
  const indented = (lines: readonly string[]) => lines.join(`\n${' '.repeat(MARGIN)}`)
  let last = ''
  for (const { about, state, text, advice } of findings) {
    const head = `${terminal.style(styles[state], state.padEnd(4))}  ${(about === last ? '' : about).padEnd(14)} `
    terminal.write(`${head}${indented(wrapText(printable(text), columns))}\n`)
    if (advice !== undefined) {
      const [first = '', ...others] = wrapText(advice, columns - 2)
      const lines = [`→ ${first}`, ...others.map((line) => `  ${line}`)].map((line) => terminal.style('dim', line))
      terminal.write(`${' '.repeat(MARGIN)}${indented(lines)}\n`)
    }
    last = about
  }
  const warned = findings.filter(({ state }) => state === 'warn').length
  terminal.write(failed + warned === 0 ? '\nNo problems found.\n' : `\n${failed} failed, ${formatCount(warned, 'warning')}.\n`)
}

/** The columns before the text of a finding. */
const MARGIN = 21

async function examine(io: Io): Promise<Finding[]> {
  const { context, findings } = prepareChecks(io)
  try {
    if (context.ledger !== undefined) await readNewTranscripts(io, context.ledger)
    for (const check of checks) {
      try {
        findings.push(...(await check(context)))
      } catch (error) {
        // A check that throws is a finding too; the others still run.
        findings.push(fail(check.name, (error as Error).message, 'Please report this.'))
      }
    }
  } finally {
    context.ledger?.close()
  }
  return findings
}

/** Reads the settings and opens the ledger. An invalid setting is a finding, and the checks run with its default. */
function prepareChecks(io: Io): { context: CheckContext; findings: Finding[] } {
  const { env } = io
  const findings: Finding[] = []
  try {
    readSettings(env, Object.keys(table) as SettingName[])
    findings.push(ok('Settings', 'valid'))
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const problem of error.problems) findings.push(fail('Settings', problem, 'Every setting is in docs/configuration.md.'))
  }
  const settings = readSettings(withoutInvalid(env), [
    'DATA_DIR',
    'CLAUDE_SYNC_URL',
    'CLAUDE_SYNC_API_KEY',
    'TIMEZONE',
    'PRICE_TABLE',
    'REDACT_PROJECTS',
  ])
  let ledger: Ledger | undefined
  try {
    ledger = openLedger({
      dataDir: settings.DATA_DIR,
      priceTable: usablePrices(settings.PRICE_TABLE),
      redactProjects: settings.REDACT_PROJECTS,
    })
  } catch (error) {
    const { message, suggestion } = error as { message: string; suggestion?: string }
    findings.push(fail('Local database', message, suggestion ?? 'Set DATA_DIR to a writable folder.'))
  }
  return { context: { io, env: withoutInvalid(env), settings, ledger, now: io.now() }, findings }
}

function withoutInvalid(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const valid: NodeJS.ProcessEnv = { ...env }
  for (const name of Object.keys(table) as SettingName[]) {
    try {
      readSettings(env, [name])
    } catch {
      delete valid[name]
    }
  }
  return valid
}

/** The prices check reports the problems of the table. */
function usablePrices(file: string | undefined) {
  try {
    return readPriceTable(file)
  } catch {
    return undefined
  }
}

async function readNewTranscripts(io: Io, ledger: Ledger): Promise<void> {
  const { findTranscriptRoots } = await import('@signalbox/ledger')
  const { createTranscriptBar } = await import('../progress.ts')
  const bar = createTranscriptBar(io.stderr)
  try {
    await ledger.refresh({ roots: findTranscriptRoots(io.env), onProgress: bar.report })
  } catch {
    // The checks below report the cause.
  } finally {
    bar.end()
  }
}
