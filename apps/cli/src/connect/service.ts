import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { printable } from '@signalbox/contract/printable'
import { isSameAddress } from '@signalbox/hub-address/http-address'
import { readCollectorStatus } from '../collector-status.ts'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { collectorService, launchdAgent, type ServiceText, systemdUnit, taskCommand } from '../service/service-text.ts'
import { readText, replaceFile } from '../settings-file/replace-file.ts'
import { signalboxCommand } from '../statusline/places.ts'
import { type ConnectContext, launchdFolder, systemdFolder } from './context.ts'
import type { StepRecord } from './record.ts'
import { findProgram, type ProgramResult, runProgram } from './run-program.ts'

const STEP = 'service'
const { unit: UNIT_NAME, label: AGENT_LABEL, task: TASK_NAME } = collectorService
export const CONNECT_MARK = 'Written by `signalbox connect`; removed by `signalbox connect --undo`.'
/** Settings that the service gets, because it does not run in the shell that has them. None is a secret. */
const passedOn = [
  'DATA_DIR',
  'CLAUDE_CONFIG_DIR',
  'EXTRA_TRANSCRIPT_DIRS',
  'CLAUDE_DESKTOP_DIRS',
  'CODEX_HOME',
  'TRANSCRIPT_SOURCES',
  'XDG_CONFIG_HOME',
  'MACHINE_ID',
  'TIMEZONE',
  'REDACT_PROJECTS',
  'LIMIT_SOURCES',
  'BROWSER_PATH',
]

type ServiceRecord = Extract<StepRecord, { step: 'service' }>

/** Runs the collector whenever this user is logged in. */
export async function connectService(context: ConnectContext): Promise<void> {
  const { io, say, dataDir, url } = context
  const status = readCollectorStatus(io, dataDir)
  const isOurs = context.noted('service') !== undefined
  const running = status?.running === true && !isOurs ? status : undefined
  const isMade = await makeService(context, byHand(running, url))
  if (isMade && running !== undefined) {
    say(STEP, `a collector runs already (process ${running.pid}); the service takes over when that one ends.`)
  }
}

/** How the collector runs where there is no service. */
function byHand(running: { readonly pid: number; readonly hub: string } | undefined, url: string): string {
  if (running === undefined) return 'Start the collector by hand: signalbox collector'
  const { pid, hub } = running
  return isSameAddress(hub, url)
    ? `A collector runs already (process ${pid}), until it is stopped.`
    : `A collector runs already (process ${pid}), and sends to ${printable(hub)}: stop it, and start another one by hand: signalbox collector`
}

/** @returns whether there is a service now that runs the collector */
async function makeService(context: ConnectContext, withoutService: string): Promise<boolean> {
  const { io, say } = context
  const [, bin] = signalboxCommand(io)
  if (bin.split(path.sep).includes('_npx')) {
    say(
      STEP,
      `not made: this Signalbox is in the cache of npx, which npm may clear. Install it (npm install -g signalbox), and run this again. ${withoutService}`,
    )
    return false
  }
  if (io.system.platform === 'linux') return connectSystemd(context, withoutService)
  if (io.system.platform === 'darwin') return connectLaunchd(context, withoutService)
  if (io.system.platform === 'win32') return connectTask(context, withoutService)
  say(STEP, `none for ${io.system.platform}. ${withoutService}`)
  return false
}

function textOf(io: Io): ServiceText {
  const env = passedOn.flatMap((name) => {
    const value = io.env[name]?.trim()
    return value ? [[name, value]] : []
  })
  return { name: collectorService, mark: CONNECT_MARK, command: [...signalboxCommand(io), 'collector'], env: Object.fromEntries(env) }
}

async function connectSystemd(context: ConnectContext, withoutService: string): Promise<boolean> {
  const { io, say } = context
  const systemctl = findProgram(io, 'systemctl')
  const control = (...args: string[]) => runProgram(io, systemctl ?? '', ['--user', ...args])
  const session = systemctl === undefined ? undefined : await control('show-environment')
  if (systemctl === undefined || !session?.ok) {
    say(
      STEP,
      `not made: there is no systemd session of this user here${session === undefined ? '' : ` (${printable(session.problem)})`}. ${withoutService}`,
    )
    return false
  }
  const file = path.join(systemdFolder(io), UNIT_NAME)
  const outcome = writeServiceFile(context, { step: 'service', kind: 'systemd', file }, systemdUnit(textOf(io)))
  if (outcome === 'foreign' || outcome === 'dry-run') return false
  const results = [await control('daemon-reload'), await control('enable', UNIT_NAME), await control('restart', UNIT_NAME)]
  return report(context, results, file, outcome, withoutService, 'To let it run while you are logged out: loginctl enable-linger')
}

async function connectLaunchd(context: ConnectContext, withoutService: string): Promise<boolean> {
  const { io, dataDir } = context
  const file = path.join(launchdFolder(io), `${AGENT_LABEL}.plist`)
  const agent = launchdAgent(textOf(io), path.join(dataDir, 'collector.log'))
  const outcome = writeServiceFile(context, { step: 'service', kind: 'launchd', file }, agent)
  if (outcome === 'foreign' || outcome === 'dry-run') return false
  await runProgram(io, 'launchctl', ['bootout', `${launchdDomain()}/${AGENT_LABEL}`])
  return report(context, [await runProgram(io, 'launchctl', ['bootstrap', launchdDomain(), file])], file, outcome, withoutService)
}

async function connectTask(context: ConnectContext, withoutService: string): Promise<boolean> {
  const { io, say, dryRun } = context
  if (dryRun) {
    say(STEP, `would make the scheduled task "${TASK_NAME}".`)
    return false
  }
  const isNoted = context.noted('service') !== undefined
  const note: ServiceRecord = { step: 'service', kind: 'task' }
  if (!isNoted) context.note(note)
  const made = await runProgram(io, 'schtasks', [
    '/Create',
    '/F',
    '/SC',
    'ONLOGON',
    '/RL',
    'LIMITED',
    '/TN',
    TASK_NAME,
    '/TR',
    taskCommand(textOf(io).command),
  ])
  if (!made.ok && !isNoted) context.forget(note)
  const started = made.ok ? await runProgram(io, 'schtasks', ['/Run', '/TN', TASK_NAME]) : made
  say(
    STEP,
    started.ok
      ? `scheduled task "${TASK_NAME}" made and started; before: none. It is untested on Windows: check it with \`signalbox collector status\`.`
      : `not made: ${printable(started.problem)}. ${withoutService}`,
  )
  return started.ok
}

/** @returns `foreign` for a file that `connect` has not written, which stays */
function writeServiceFile(
  context: ConnectContext,
  note: ServiceRecord & { file: string },
  text: string,
): 'written' | 'unchanged' | 'foreign' | 'dry-run' {
  const { say, dryRun } = context
  const name = formatPath(note.file)
  const before = readText(note.file)
  if (before !== undefined && !before.includes(CONNECT_MARK)) {
    say(STEP, `${name} was not written by \`signalbox connect\`, and stays as it is.`)
    return 'foreign'
  }
  if (dryRun) {
    say(STEP, `would write ${name}${before === undefined ? '' : ' again'}, and start the collector.`)
    return 'dry-run'
  }
  // A file of an earlier connection stays noted there.
  if (before === undefined && context.noted('service') === undefined) context.note(note)
  if (before === text) return 'unchanged'
  replaceFile(note.file, before, text, 0o644)
  return 'written'
}

function report(
  { say }: ConnectContext,
  results: readonly ProgramResult[],
  file: string,
  outcome: 'written' | 'unchanged',
  withoutService: string,
  more = '',
): boolean {
  const failed = results.find(({ ok }) => !ok)
  const done = outcome === 'written' ? 'written, and the collector is started' : 'unchanged; the collector is started again'
  const problem = failed && `is written, but the collector was not started: ${printable(failed.problem)}. ${withoutService}`
  say(STEP, problem === undefined ? `${formatPath(file)}: ${done}. ${more}`.trimEnd() : `${formatPath(file)} ${problem}`)
  return problem === undefined
}

/** @returns what was done */
export async function undoService(io: Io, { kind, file }: ServiceRecord): Promise<string> {
  if (kind === 'task') {
    await runProgram(io, 'schtasks', ['/End', '/TN', TASK_NAME])
    const { ok, problem } = await runProgram(io, 'schtasks', ['/Delete', '/F', '/TN', TASK_NAME])
    return ok ? `scheduled task "${TASK_NAME}" removed.` : `scheduled task "${TASK_NAME}" could not be removed: ${problem}.`
  }
  const stopped =
    kind === 'systemd'
      ? await runProgram(io, 'systemctl', ['--user', 'disable', '--now', UNIT_NAME])
      : await runProgram(io, 'launchctl', ['bootout', `${launchdDomain()}/${AGENT_LABEL}`])
  if (file === undefined) return 'nothing to remove.'
  const name = formatPath(file)
  if (readText(file)?.includes(CONNECT_MARK) === false) return `${name} was changed since, and stays.`
  fs.rmSync(file, { force: true })
  if (kind === 'systemd') await runProgram(io, 'systemctl', ['--user', 'daemon-reload'])
  return stopped.ok
    ? `the collector is stopped, and ${name} removed.`
    : `${name} removed; it was not running (${printable(stopped.problem)}).`
}

/** Starts the collector of the former connection again, with its credentials. */
export async function restartService(io: Io, { kind }: ServiceRecord): Promise<void> {
  if (kind === 'systemd') await runProgram(io, 'systemctl', ['--user', 'restart', UNIT_NAME])
  if (kind === 'launchd') await runProgram(io, 'launchctl', ['kickstart', '-k', `${launchdDomain()}/${AGENT_LABEL}`])
}

function launchdDomain(): string {
  return `gui/${os.userInfo().uid}`
}
