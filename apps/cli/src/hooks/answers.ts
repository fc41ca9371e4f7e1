import fs from 'node:fs'
import { formatDuration } from '@signalbox/contract/duration-text'
import { answersPath, DEFAULT_ANSWER_WAIT_S, formatAnswersSetting, readAnswersSetting } from '@signalbox/hub-address/answers-file'
import { PrivateFileError, writePrivateFile } from '@signalbox/hub-address/private-file'
import { redactsProjects } from '@signalbox/hub-address/redaction'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import { printJson } from '../hub/print-result.ts'
import type { Io } from '../io.ts'
import { isConnected, NOT_CONNECTED } from './connected.ts'

export interface AnswersOnOptions {
  readonly wait?: number
  readonly printRuns?: true
}

export function switchOn(io: Io, { wait = DEFAULT_ANSWER_WAIT_S, printRuns }: AnswersOnOptions): void {
  const { env, stdout } = io
  if (redactsProjects(env)) {
    throw new Failure(
      'REDACT_PROJECTS is on, and what sessions ask has names of folders.',
      'Leave it off, or set REDACT_PROJECTS=false on this machine.',
    )
  }
  const file = answersPath(env)
  writePrivateFile(file, formatAnswersSetting({ wait_s: wait, print_runs: printRuns === true }))
  stdout.write(
    `On: what sessions on this machine ask is sent to its hub, and can be answered there by keys with the scope answer, for ${formatDuration(wait * 1000)}.\n` +
      `${printRuns ? 'Runs of claude -p wait too.\n' : ''}The terminal asks too; the first answer counts. Sessions that run now are included.\n${isConnected(io) ? '' : NOT_CONNECTED}To undo: signalbox hooks answers off\n`,
  )
}

export function switchOff({ env, stdout }: Io): void {
  const file = answersPath(env)
  const wasOn = fs.existsSync(file)
  fs.rmSync(file, { force: true })
  stdout.write(wasOn ? 'Off: nothing that sessions ask is sent any more.\n' : 'It was off; nothing changed.\n')
}

/** @returns the exit code: 0 where it is on */
export function answersStatus(io: Io, { json }: { readonly json?: true }): void {
  const file = answersPath(io.env)
  const setting = readSetting(io)
  const redacted = setting !== undefined && redactsProjects(io.env)
  io.exitCode = setting === undefined || redacted ? 1 : 0
  if (json)
    return void printJson(io, {
      on: setting !== undefined && !redacted,
      file,
      ...setting,
      ...(setting === undefined ? {} : { hooks: isConnected(io) }),
    })
  if (setting === undefined) return void io.stdout.write('Off. To switch it on: signalbox hooks answers on\n')
  if (redacted) return void io.stdout.write('Off, because of REDACT_PROJECTS: what sessions ask has names of folders.\n')
  const runs = setting.print_runs ? ', runs of claude -p too' : ''
  io.stdout.write(`On, by ${formatPath(file)}: sessions wait for ${formatDuration(setting.wait_s * 1000)}${runs}.\n`)
  if (!isConnected(io)) io.stdout.write(NOT_CONNECTED)
}

function readSetting({ env }: Io) {
  try {
    return readAnswersSetting(env)
  } catch (error) {
    if (error instanceof PrivateFileError) throw new Failure(error.message, error.suggestion)
    throw error
  }
}
