import fs from 'node:fs'
import path from 'node:path'
import { printable } from '@signalbox/contract/printable'
import { readSettings } from '@signalbox/contract/setting'
import { configFolder } from '@signalbox/hub-address/credentials-file'
import { readCollectorStatus } from '../collector-status.ts'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { removeEmptyFolders } from './context.ts'
import { undoCredentials } from './credentials.ts'
import { undoHooks, undoPlugin } from './plugin.ts'
import { readRecords, type StepRecord, writeRecords } from './record.ts'
import { restartService, undoService } from './service.ts'
import { undoStatusLine } from './status-line.ts'
import { undoTelemetry } from './telemetry.ts'

const names: Record<StepRecord['step'], string> = {
  credentials: 'credentials',
  plugin: 'plugin',
  hooks: 'hooks',
  statusline: 'status line',
  telemetry: 'telemetry',
  service: 'service',
}

/** Undoes the last connection, its last step first. A step that fails is reported, and the others go on. */
export async function undo(io: Io, dryRun: boolean): Promise<void> {
  const folder = configFolder(io.env)
  const records = readRecords(folder)
  const last = records.at(-1)
  const say = (step: string, text: string) => void io.stdout.write(`${step.padEnd(12)} ${text}\n`)
  const { DATA_DIR } = readSettings(io.env, ['DATA_DIR'])
  if (last === undefined) return void io.stdout.write('Nothing to undo: `signalbox connect` has changed nothing here.\n')
  if (dryRun) {
    for (const { step } of last.steps.toReversed()) say(names[step], 'would be undone.')
    return void io.stdout.write('Nothing was changed.\n')
  }
  const before = records.slice(0, -1)
  let steps = last.steps
  const failed: StepRecord[] = []
  for (const step of last.steps.toReversed()) {
    try {
      say(names[step.step], await undoStep(io, step))
    } catch (error) {
      const { message, suggestion } = error as Error & { suggestion?: string }
      io.stderr.write(`signalbox: ${names[step.step]}: ${message} ${suggestion ?? ''}\n`)
      failed.push(step)
    }
    steps = steps.filter((one) => one !== step)
    const left = [...steps, ...failed]
    writeRecords(folder, left.length === 0 ? before : [...before, { ...last, steps: left }])
  }
  if (failed.length > 0) {
    io.exitCode = 1
    return void io.stderr.write(
      'signalbox: some steps were not undone. Correct what is said above, and run `signalbox connect --undo` again.\n',
    )
  }
  removeEmptyFolders(last.folders.flatMap((one) => (one === DATA_DIR ? [one, ...foldersIn(one)] : [one])))
  const service = before.flatMap(({ steps: earlier }) => earlier).find((step) => step.step === 'service')
  if (service?.step === 'service') await restartService(io, service)
  const collector = readCollectorStatus(io, DATA_DIR)
  // Not the one of a service that has just been started for the hub before.
  if (collector?.running && service === undefined) {
    const stop = io.system.platform === 'win32' ? `taskkill /F /PID ${collector.pid}` : `kill ${collector.pid}`
    say('collector', `process ${collector.pid} still runs, and sends to ${printable(collector.hub)} until it ends. To stop it: ${stop}`)
  }
  if (fs.existsSync(DATA_DIR)) say('data', `${formatPath(DATA_DIR)} stays: it has what the collector has read.`)
  const now = before.at(-1)
  io.stdout.write(
    now === undefined ? `This machine is no longer connected to ${last.url}.\n` : `This machine is connected to ${now.url} again.\n`,
  )
}

/** The folders that the parts of Signalbox keep in DATA_DIR, such as the one for what hooks have left. */
function foldersIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [path.join(folder, one.name)] : []))
  } catch {
    return []
  }
}

async function undoStep(io: Io, step: StepRecord): Promise<string> {
  switch (step.step) {
    case 'credentials':
      return undoCredentials(step)
    case 'plugin':
      return undoPlugin(io, step)
    case 'hooks':
      return undoHooks(io)
    case 'statusline':
      return undoStatusLine(io)
    case 'telemetry':
      return undoTelemetry(step)
    case 'service':
      return undoService(io, step)
  }
}
