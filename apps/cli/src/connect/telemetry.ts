import fs from 'node:fs'
import path from 'node:path'
import { TELEMETRY_MACHINE_HEADER, telemetryRoutes } from '@signalbox/contract/telemetry'
import { writePrivateFile } from '@signalbox/hub-address/private-file'
import { applyEdits, modify, parseTree } from 'jsonc-parser'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import { digest } from '../settings-file/installed.ts'
import { readText, replaceFile } from '../settings-file/replace-file.ts'
import type { ConnectContext } from './context.ts'
import type { StepRecord } from './record.ts'

const STEP = 'telemetry'
const PROTOCOL = 'OTEL_EXPORTER_OTLP_PROTOCOL'
const format = { formattingOptions: { insertSpaces: true, tabSize: 2 } }

/**
 * The variables by which Claude Code sends its telemetry to a hub. The machine has the id that its collector uses. Versions to
 * 2.1.321 send nothing unless the protocol is named.
 */
export function telemetryVariables(url: string, key: string, machine: string): Readonly<Record<string, string>> {
  return {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    [PROTOCOL]: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${key},${TELEMETRY_MACHINE_HEADER}=${encodeURIComponent(machine)}`,
  }
}

/** Writes the variables into the settings of Claude Code, if the hub takes telemetry. @throws Failure when the hub refuses it */
export async function connectTelemetry(
  context: Pick<ConnectContext, 'url' | 'say' | 'dryRun' | 'settings' | 'note' | 'noted' | 'configFolder'>,
  key: string,
  machine: string,
): Promise<void> {
  const { url, say, dryRun, settings } = context
  const { path: logsPath } = telemetryRoutes.logs
  const status = await askForTelemetry(url + logsPath, key, machine)
  if (status === 404 || status === 405) return say(STEP, `nothing written: the hub at ${url} does not take telemetry (no ${logsPath}).`)
  // Without its key, which a dry run does not fetch, the hub asks for one.
  if (status !== 200 && !(dryRun && key === '' && status === 401)) {
    const reason =
      status === 403
        ? 'The key of this machine lacks the scope ingest, or is one of another machine.'
        : 'Run the command again when the hub answers.'
    throw new Failure(`the hub refuses telemetry (${status ?? 'no answer'}). ${reason}`, 'Or leave out --telemetry.')
  }
  for (const file of settings) {
    if (dryRun) say(STEP, `would set ${variableNames.join(', ')} in ${formatPath(file)}.`)
    else say(STEP, writeTelemetry(context, file, telemetryVariables(url, key, machine)))
  }
}

/** Sends an empty export. @returns the status of the answer; undefined without one */
async function askForTelemetry(url: string, key: string, machine: string): Promise<number | undefined> {
  try {
    const headers = {
      'content-type': 'application/json',
      [TELEMETRY_MACHINE_HEADER]: encodeURIComponent(machine),
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
    }
    const answer = await fetch(url, { method: 'POST', headers, body: '{}', redirect: 'error', signal: AbortSignal.timeout(10_000) })
    await answer.body?.cancel()
    return answer.status
  } catch {
    return undefined
  }
}

const variableNames = Object.keys(telemetryVariables('', '', ''))

/**
 * Writes the variables. The file has a key from now on, so that only its owner may read it.
 * @returns what was done
 * @throws Failure, with the file unchanged
 */
export function writeTelemetry(
  context: Pick<ConnectContext, 'note' | 'noted' | 'configFolder'>,
  file: string,
  ours: Readonly<Record<string, string>>,
): string {
  const name = formatPath(file)
  const before = readText(file)
  const text = before === undefined || before.trim() === '' ? '{}\n' : before
  const env = readEnv(text, name)
  // The hub takes both.
  const variables = env[PROTOCOL] === 'http/protobuf' ? { ...ours, [PROTOCOL]: 'http/protobuf' } : ours
  const [other] = Object.keys(variables).filter((one) => env[one] !== undefined && env[one] !== variables[one])
  if (other !== undefined)
    throw new Failure(
      `${name} sets ${other} already, to something else.`,
      'Nothing was changed there. Remove it, or leave out --telemetry.',
    )
  if (Object.keys(variables).every((one) => env[one] === variables[one])) return `${name}: set already; unchanged.`
  const after = Object.entries(variables).reduce((all, [one, value]) => applyEdits(all, modify(all, ['env', one], value, format)), text)
  const backup = before === undefined ? undefined : path.join(context.configFolder, `settings-before-${digest(file).slice(0, 8)}.json`)
  if (backup !== undefined && before !== undefined) writePrivateFile(backup, before)
  const mode = before === undefined ? undefined : fs.statSync(file).mode & 0o777
  context.note({
    step: 'telemetry',
    settings: file,
    after: digest(after),
    ...(mode === undefined ? {} : { mode }),
    ...(backup === undefined ? {} : { backup }),
  })
  // Before the key is in it.
  if (before !== undefined) fs.chmodSync(file, 0o600)
  if (!replaceFile(file, before, after)) throw new Failure(`${name} is being written by another program.`, 'Run the command again.')
  return `${name}: Claude Code sends its telemetry to the hub from the next session on, and only you can read the file; before: not set.`
}

function readEnv(text: string, name: string): Record<string, unknown> {
  try {
    const { env } = JSON.parse(text.replace(/^\ufeff/, '')) as { env?: Record<string, unknown> }
    return typeof env === 'object' && env !== null ? env : {}
  } catch {
    throw new Failure(`${name} is not plain JSON.`, 'Nothing was changed there. Correct it, or leave out --telemetry.')
  }
}

/** @returns what was done */
export function undoTelemetry({ settings: file, after, mode, backup }: Extract<StepRecord, { step: 'telemetry' }>): string {
  const name = formatPath(file)
  const now = readText(file)
  const former = backup === undefined ? undefined : readText(backup)
  const clean = () => {
    if (mode !== undefined && fs.existsSync(file)) fs.chmodSync(file, mode)
    if (backup !== undefined) fs.rmSync(backup, { force: true })
  }
  if (now === undefined) {
    clean()
    return `${name}: is gone already.`
  }
  const unedited = digest(now) === after
  const text = unedited ? former : withoutVariables(now, readEnv(former?.trim() ? former : '{}', name))
  if (!replaceFile(file, now, text)) throw new Failure(`${name} is being written by another program.`, 'Run the command again.')
  clean()
  return `${name}: ${text === undefined ? 'removed' : 'the variables are removed'}${unedited ? '' : '; your later changes stay'}.`
}

/** @param own the variables that were set before, which stay */
function withoutVariables(text: string, own: Readonly<Record<string, unknown>>): string {
  const added = variableNames.filter((one) => own[one] === undefined)
  const without = added.reduce((all, one) => applyEdits(all, modify(all, ['env', one], undefined, format)), text)
  const env = parseTree(without)?.children?.find(({ children }) => children?.[0]?.value === 'env')?.children?.[1]
  return env?.children?.length === 0 ? applyEdits(without, modify(without, ['env'], undefined, format)) : without
}
