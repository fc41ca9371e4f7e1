import fs from 'node:fs'
import path from 'node:path'
import { printable } from '@signalbox/contract/printable'
import { readSettings } from '@signalbox/contract/setting'
import { configFolder } from '@signalbox/hub-address/credentials-file'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { readText, replaceFile } from '../settings-file/replace-file.ts'
import { signalboxCommand } from '../statusline/places.ts'
import { findManager, type ServiceManager } from './manager.ts'
import { type ServiceProgram, serviceNames, settingsOf } from './service-program.ts'
import type { ServiceText } from './service-text.ts'

const MARK = 'Written by `signalbox service install`; removed by `signalbox service uninstall`.'

interface InstallOptions {
  readonly dryRun?: true
}

/** Runs a program of Signalbox whenever this user is logged in. Run again it updates the service and starts it anew. */
export async function install(io: Io, program: ServiceProgram, { dryRun }: InstallOptions): Promise<void> {
  const [, bin] = signalboxCommand(io)
  if (bin.split(path.sep).includes('_npx')) {
    throw new Failure('this Signalbox is in the cache of npx, which npm may clear.', 'Install it first: npm install -g signalbox')
  }
  const manager = await managerOf(io, program, dryRun)
  const service = serviceOf(io, program)
  const file = manager.file(service.name)
  const before = file === undefined ? undefined : readText(file)
  requireOurs(file, before)
  requireAlone(manager, program)
  if (dryRun) {
    io.stdout.write(
      file === undefined ? `Would make the task "${service.name.task}".\n` : `Would write ${formatPath(file)}:\n\n${manager.text(service)}`,
    )
    return
  }
  if (file !== undefined && before !== manager.text(service)) replaceFile(file, before, manager.text(service), 0o644)
  const started = await manager.start(service)
  if (!started.ok)
    throw new Failure(`the service was not started: ${printable(started.problem)}.`, `Look at it: ${manager.look(service.name)}`)
  io.stdout.write(
    `${service.name.description} runs, and starts again whenever you log in${file === undefined ? '' : ` (${formatPath(file)})`}.\n`,
  )
  io.stdout.write(`Look at it: ${manager.look(service.name)}\n`)
  if (manager.hint !== undefined) io.stdout.write(`${manager.hint}\n`)
  const { secret } = settingsOf(io.inheritedEnv, program)
  if (secret.length > 0)
    io.stderr.write(`signalbox: not passed on, because others can read the service: ${secret.join(', ')}. ${secretsHint(service, io)}\n`)
}

/** @throws Failure when there is nothing that we have made */
export async function uninstall(io: Io, program: ServiceProgram): Promise<void> {
  const manager = await managerOf(io, program)
  const { name } = serviceOf(io, program)
  const file = manager.file(name)
  const before = file === undefined ? undefined : readText(file)
  requireOurs(file, before)
  if (file !== undefined && before === undefined) throw new Failure(`there is no ${formatPath(file)}.`, 'Nothing is to be removed.')
  const stopped = await manager.stop(name)
  if (file === undefined && !stopped.ok) throw new Failure(`the task "${name.task}" was not removed: ${printable(stopped.problem)}.`)
  if (file !== undefined) fs.rmSync(file, { force: true })
  await manager.forget()
  const { DATA_DIR } = readSettings(io.env, ['DATA_DIR'])
  io.stdout.write(`${name.description} is stopped, and its service removed. Its data stays in ${formatPath(DATA_DIR)}.\n`)
}

/** The services that `service install` has made here. */
export async function servicesHere(io: Io): Promise<{ readonly description: string; remove(): Promise<void> }[]> {
  const { DATA_DIR } = readSettings(io.env, ['DATA_DIR'])
  const manager = await findManager(io, DATA_DIR)
  if (typeof manager === 'string') return []
  const here: { description: string; remove(): Promise<void> }[] = []
  for (const program of Object.keys(serviceNames) as ServiceProgram[]) {
    const name = serviceNames[program]
    const file = manager.file(name)
    const isOurs = file === undefined ? await manager.isRunning(name) : (readText(file)?.includes(MARK) ?? false)
    if (isOurs) here.push({ description: name.description, remove: () => uninstall(io, program) })
  }
  return here
}

/** Prints which services there are. @returns the exit code: 1 when none runs */
export async function status(io: Io, { json }: { readonly json?: true }): Promise<number> {
  const manager = await managerOf(io, 'up')
  const rows: { program: string; installed: boolean; running: boolean; file?: string }[] = []
  for (const [program, name] of Object.entries(serviceNames)) {
    const file = manager.file(name)
    const running = await manager.isRunning(name)
    const installed = file === undefined ? running : fs.existsSync(file)
    rows.push({ program, installed, running, ...(file !== undefined && installed ? { file } : {}) })
  }
  const there = rows.filter(({ installed }) => installed)
  if (json) io.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  else if (there.length === 0) io.stdout.write('There is no service of Signalbox. To make one: signalbox service install\n')
  else
    for (const { program, running, file } of there)
      io.stdout.write(`${program}: ${running ? 'runs' : 'does not run'}${file === undefined ? '' : ` (${formatPath(file)})`}\n`)
  return rows.some(({ running }) => running) ? 0 : 1
}

async function managerOf(io: Io, program: ServiceProgram, isDry = false): Promise<ServiceManager> {
  const { DATA_DIR } = readSettings(io.env, ['DATA_DIR'])
  const manager = await findManager(io, DATA_DIR, isDry)
  if (typeof manager !== 'string') return manager
  throw new Failure(printable(manager), `Start it by hand, signalbox ${program}, or see docs/DEPLOYMENT.md.`)
}

function serviceOf(io: Io, program: ServiceProgram): ServiceText {
  const { env } = settingsOf(io.inheritedEnv, program)
  return {
    name: serviceNames[program],
    mark: MARK,
    command: [...signalboxCommand(io), program],
    env,
    envFile: path.join(configFolder(io.env), 'service.env'),
    reloads: program === 'hub' && env.TLS_CERT !== undefined,
  }
}

function secretsHint({ envFile = '' }: ServiceText, { system }: Io): string {
  return system.platform === 'linux'
    ? `Write them as NAME=VALUE into ${formatPath(envFile)}, readable by you alone, and run this again.`
    : 'Make a key with `signalbox keys create` instead of API_KEYS.'
}

/** A file that someone else has written stays. */
function requireOurs(file: string | undefined, text: string | undefined): void {
  if (file === undefined || text === undefined || text.includes(MARK)) return
  const other = text.includes('signalbox connect')
    ? 'was made by `signalbox connect`; `signalbox connect --undo` removes it'
    : 'was not written by `signalbox service install`, and stays as it is'
  throw new Failure(`${formatPath(file)} ${other}.`)
}

/** `up` is hub and collector: a second one of either would be refused its port or its data. */
function requireAlone(manager: ServiceManager, program: ServiceProgram): void {
  const others: readonly ServiceProgram[] = program === 'up' ? ['hub', 'collector'] : ['up']
  for (const other of others) {
    const file = manager.file(serviceNames[other])
    if (file === undefined || !fs.existsSync(file)) continue
    const way =
      program === 'up'
        ? `Install the other part alone: signalbox service install ${other === 'hub' ? 'collector' : 'hub'}`
        : 'Remove it first: signalbox service uninstall'
    throw new Failure(`there is a service of \`signalbox ${other}\` already (${formatPath(file)}).`, way)
  }
}
