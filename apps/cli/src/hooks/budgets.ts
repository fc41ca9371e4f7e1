import fs from 'node:fs'
import path from 'node:path'
import { readSettings } from '@signalbox/contract/setting'
import {
  ALIVE_FILE,
  ALIVE_TTL_MS,
  budgetsFolder,
  budgetsSwitchPath,
  NEAR_FILE,
  readBudgetsSwitch,
} from '@signalbox/hub-address/budgets-folder'
import { PrivateFileError, writePrivateFile } from '@signalbox/hub-address/private-file'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import { printJson } from '../hub/print-result.ts'
import type { Io } from '../io.ts'
import { isConnected, NOT_CONNECTED } from './connected.ts'

export function switchOn(io: Io): void {
  const { env, stdout } = io
  const { DATA_DIR } = readSettings(env, ['DATA_DIR'])
  const folder = budgetsFolder(path.resolve(DATA_DIR))
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  writePrivateFile(budgetsSwitchPath(env), `${folder}\n`)
  stdout.write(
    'On: at the hard line of a budget, sessions of Claude Code on this machine are held between two calls. Sessions that run now are included.\n' +
      'It needs a running collector (signalbox up), and budgets: signalbox budgets add\n' +
      (isConnected(io) ? '' : NOT_CONNECTED) +
      'To undo: signalbox hooks budgets off\n',
  )
}

export function switchOff({ env, stdout }: Io): void {
  const file = budgetsSwitchPath(env)
  const wasOn = fs.existsSync(file)
  fs.rmSync(file, { force: true })
  stdout.write(wasOn ? 'Off: budgets hold no session on this machine any more.\n' : 'It was off; nothing changed.\n')
}

/** @returns the exit code: 0 where it is on */
export function budgetsStatus(io: Io, { json }: { readonly json?: true }): void {
  const file = budgetsSwitchPath(io.env)
  const folder = readSwitch(io)
  io.exitCode = folder === undefined ? 1 : 0
  const at = folder === undefined ? undefined : fs.statSync(path.join(folder, ALIVE_FILE), { throwIfNoEntry: false })?.mtimeMs
  const collector = at !== undefined && Math.abs(io.now() - at) < ALIVE_TTL_MS
  const near = folder !== undefined && collector && fs.existsSync(path.join(folder, NEAR_FILE))
  if (json)
    return void printJson(io, {
      on: folder !== undefined,
      file,
      ...(folder === undefined ? {} : { folder, collector, near, hooks: isConnected(io) }),
    })
  if (folder === undefined) return void io.stdout.write('Off. To switch it on: signalbox hooks budgets on\n')
  io.stdout.write(`On, by ${formatPath(file)}.\n`)
  if (!isConnected(io)) io.stdout.write(NOT_CONNECTED)
  if (!collector)
    io.stdout.write(
      'No collector runs for it, so no session is held; one that runs takes it up within seconds. To start one: signalbox up\n',
    )
  else if (near) io.stdout.write('Each call is checked: a budget is near its line, or it is not known yet what a call of it costs.\n')
  else io.stdout.write('No budget is near its line.\n')
}

function readSwitch({ env }: Io): string | undefined {
  try {
    return readBudgetsSwitch(env)
  } catch (error) {
    if (error instanceof PrivateFileError) throw new Failure(error.message, error.suggestion)
    throw error
  }
}
