import fs from 'node:fs'
import os from 'node:os'
import { readSettings } from '@signalbox/contract/setting'
import { readCredentialsFile } from '@signalbox/hub-address/credentials-file'
import { plainHttpWarning } from '@signalbox/hub-address/plain-http'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { createContext } from './context.ts'
import { connectCredentials } from './credentials.ts'
import { connectPlugin } from './plugin.ts'
import { connectService } from './service.ts'
import { connectStatusLine } from './status-line.ts'
import { connectTelemetry } from './telemetry.ts'

export interface ConnectOptions {
  readonly telemetry?: true
  readonly plugin: boolean
  readonly statusline: boolean
  readonly service: boolean
  readonly dryRun?: true
}

/** Connects this machine to a hub, step by step; every step may be repeated, and is noted for `--undo`. */
export async function connect(io: Io, url: string, code: string | undefined, options: ConnectOptions): Promise<void> {
  const context = createContext(io, url, options.dryRun === true)
  const warning = plainHttpWarning(url)
  if (warning !== undefined) io.stderr.write(`signalbox: warning: ${warning}\n`)
  const { MACHINE_ID: machine = os.hostname() } = readSettings(io.env, ['MACHINE_ID'])
  try {
    await connectCredentials(context, code, machine)
  } catch (error) {
    if (!context.dryRun && context.noted('credentials') === undefined) context.removeEmptyFolders()
    throw error
  }
  const steps: readonly [name: string, wanted: boolean, run: () => void | Promise<void>][] = [
    ['plugin', options.plugin, () => connectPlugin(context)],
    ['status line', options.statusline, () => connectStatusLine(context)],
    ['telemetry', options.telemetry === true, () => connectTelemetry(context, ...keyOf(context.credentialsFile, machine, context.dryRun))],
    ['service', options.service, () => connectService(context)],
  ]
  for (const [name, wanted, run] of steps) {
    if (!wanted) continue
    try {
      await run()
    } catch (error) {
      const { message, suggestion } = error as Error & { suggestion?: string }
      throw new Failure(
        `${name}: ${message} ${suggestion ?? ''}`.trimEnd(),
        `\nThe steps above are done. To go on: signalbox connect ${url} (no code is needed any more). To undo them: signalbox connect --undo`,
      )
    }
  }
  if (context.dryRun) return void io.stdout.write('Nothing was changed.\n')
  if (io.env.SIGNALBOX_URL?.trim()) {
    io.stderr.write(
      'signalbox: warning: SIGNALBOX_URL is set here and comes before the credentials file. Remove it from your shell or .env.\n',
    )
  }
  io.stdout.write(`This machine is connected to ${url}. To undo everything: signalbox connect --undo\n`)
}

/** @returns the key of this machine, and the machine that it was made for: the host name may be another one by now */
function keyOf(file: string, machine: string, dryRun: boolean): [key: string, machineId: string] {
  if (dryRun && !fs.existsSync(file)) return ['', machine]
  const found = readCredentialsFile(file)
  if (found === undefined) throw new Failure(`${formatPath(file)} is gone.`, 'Run the command again.')
  return [found.key, found.machine_id || machine]
}
