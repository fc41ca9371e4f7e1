import { readSettings, type SettingName, SettingsError, settings as table } from '@signalbox/contract/setting'
import { type Ledger, openLedger } from '@signalbox/ledger'
import type { Command } from 'commander'
import { type Finding, fail, ok, type Surroundings } from '../doctor/check.ts'
import { checks } from '../doctor/checks.ts'
import { readPriceTable } from '../price-file.ts'
import { type Style, terminalOf } from '../terminal.ts'

export function doctor(command: Command): void {
  command
    .option('--json', 'print the findings for a program')
    .addHelpText(
      'after',
      `
It looks and changes nothing, except that transcripts found since last time are read.
Exit code 1 when something fails; what is only worth knowing (warn) does not count.`,
    )
    .action(run)
}

async function run({ json }: { json?: true }): Promise<void> {
  const findings = await examine(process.env)
  const failed = findings.filter(({ state }) => state === 'fail').length
  process.exitCode = failed > 0 ? 1 : 0
  if (json) return void process.stdout.write(`${JSON.stringify({ ok: failed === 0, findings }, null, 2)}\n`)
  const terminal = terminalOf(process.stdout, process.env)
  const styles: Record<Finding['state'], Style> = { ok: 'green', warn: 'yellow', fail: 'red' }
  let last = ''
  for (const { about, state, text, advice } of findings) {
    terminal.write(`${terminal.style(styles[state], state.padEnd(4))}  ${(about === last ? '' : about).padEnd(12)} ${text}\n`)
    if (advice !== undefined) terminal.write(`${' '.repeat(19)}${terminal.style('dim', `→ ${advice}`)}\n`)
    last = about
  }
  const warned = findings.filter(({ state }) => state === 'warn').length
  terminal.write(failed + warned === 0 ? '\nAll is well.\n' : `\n${failed} failed, ${warned} to look at.\n`)
}

async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { around, findings } = surroundings(env)
  try {
    if (around.ledger !== undefined) await readWhatIsNew(around.ledger, env)
    for (const check of checks) {
      try {
        findings.push(...(await check(around)))
      } catch (error) {
        // A check that breaks is a finding, and the others go on.
        findings.push(fail(check.name, (error as Error).message, 'Please report this.'))
      }
    }
  } finally {
    around.ledger?.close()
  }
  return findings
}

/** What the checks look at. Where a setting is wrong they go on with what it would be without it. */
function surroundings(env: NodeJS.ProcessEnv): { around: Surroundings; findings: Finding[] } {
  const findings: Finding[] = []
  try {
    readSettings(env, Object.keys(table) as SettingName[])
    findings.push(ok('Settings', 'all can be read'))
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const problem of error.problems) findings.push(fail('Settings', problem, 'docs/configuration.md has every setting.'))
  }
  const settings = readSettings(withoutWrong(env), [
    'DATA_DIR',
    'SIGNALBOX_URL',
    'CLAUDE_SYNC_API_KEY',
    'SIGNALBOX_API_KEY',
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
    findings.push(fail('Ledger', message, suggestion ?? 'Set DATA_DIR to a folder that can be written.'))
  }
  return { around: { env: withoutWrong(env), settings, ledger, now: Date.now() }, findings }
}

function withoutWrong(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const good: NodeJS.ProcessEnv = { ...env }
  for (const name of Object.keys(table) as SettingName[]) {
    try {
      readSettings(env, [name])
    } catch {
      delete good[name]
    }
  }
  return good
}

/** Its own check says what is wrong with the table. */
function usablePrices(file: string | undefined) {
  try {
    return readPriceTable(file)
  } catch {
    return undefined
  }
}

async function readWhatIsNew(ledger: Ledger, env: NodeJS.ProcessEnv): Promise<void> {
  const { findTranscriptRoots } = await import('@signalbox/ledger')
  const { progressBar } = await import('../usage/progress.ts')
  const bar = progressBar(process.stderr)
  try {
    await ledger.refresh({ roots: findTranscriptRoots(env), onProgress: bar.report })
  } catch {
    // What is in the way shows in the checks that follow.
  } finally {
    bar.end()
  }
}
