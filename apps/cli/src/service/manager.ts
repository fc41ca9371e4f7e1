import os from 'node:os'
import path from 'node:path'
import { launchdFolder, systemdFolder } from '../connect/context.ts'
import { findProgram, type ProgramResult, runProgram } from '../connect/run-program.ts'
import type { Io } from '../io.ts'
import { launchdAgent, type ServiceName, type ServiceText, systemdUnit, taskCommand } from './service-text.ts'

/** The service manager of this system. */
export interface ServiceManager {
  /** The file that describes the service; undefined where the manager keeps it itself. */
  file(name: ServiceName): string | undefined
  text(service: ServiceText): string
  /** Makes the service known, starts it, now and at each login. @returns the first failure, or a success */
  start(service: ServiceText): Promise<ProgramResult>
  /** Ends it, before its file is removed. */
  stop(name: ServiceName): Promise<ProgramResult>
  /** After its file was removed. */
  forget(): Promise<void>
  isRunning(name: ServiceName): Promise<boolean>
  /** How a person looks at it. */
  look(name: ServiceName): string
  /** What a person may want besides. */
  readonly hint?: string
}

/**
 * @param isDry nothing will be started, so it need not run here
 * @returns why there is none, where there is none
 */
export async function findManager(io: Io, logFolder: string, isDry = false): Promise<ServiceManager | string> {
  const { platform } = io.system
  if (platform === 'linux') return findSystemd(io, isDry)
  if (platform === 'darwin') return launchd(io, logFolder)
  if (platform === 'win32') return tasks(io)
  return `Signalbox knows no service manager of ${platform}.`
}

async function findSystemd(io: Io, isDry: boolean): Promise<ServiceManager | string> {
  const systemctl = findProgram(io, 'systemctl')
  const control = (...args: string[]) => runProgram(io, systemctl ?? '', ['--user', ...args])
  const session = systemctl === undefined || isDry ? undefined : await control('show-environment')
  if (!session?.ok && !isDry) return `there is no systemd session of this user here${session === undefined ? '' : ` (${session.problem})`}.`
  return {
    file: ({ unit }) => path.join(systemdFolder(io), unit),
    text: systemdUnit,
    start: ({ name: { unit } }) =>
      firstFailure([['daemon-reload'], ['enable', unit], ['restart', unit]].map((words) => () => control(...words))),
    stop: ({ unit }) => control('disable', '--now', unit),
    forget: async () => void (await control('daemon-reload')),
    isRunning: async ({ unit }) => (await control('is-active', '--quiet', unit)).ok,
    look: ({ unit }) => `systemctl --user status ${unit.replace('.service', '')}`,
    hint: 'To let it run while you are logged out: loginctl enable-linger',
  }
}

function launchd(io: Io, logFolder: string): ServiceManager {
  const domain = `gui/${os.userInfo().uid}`
  const control = (...args: string[]) => runProgram(io, 'launchctl', args)
  const file = ({ label }: ServiceName) => path.join(launchdFolder(io), `${label}.plist`)
  return {
    file,
    text: (service) => launchdAgent(service, path.join(logFolder, `${service.name.unit.replace('.service', '')}.log`)),
    async start({ name }) {
      await control('bootout', `${domain}/${name.label}`)
      return control('bootstrap', domain, file(name))
    },
    stop: ({ label }) => control('bootout', `${domain}/${label}`),
    forget: async () => {},
    isRunning: async ({ label }) => /^\s*state = running$/m.test((await control('print', `${domain}/${label}`)).stdout),
    look: ({ label }) => `launchctl print ${domain}/${label}`,
  }
}

function tasks(io: Io): ServiceManager {
  const control = (...args: string[]) => runProgram(io, 'schtasks', args)
  return {
    file: () => undefined,
    text: () => '',
    start: ({ name: { task }, command }) =>
      firstFailure([
        () => control('/Create', '/F', '/SC', 'ONLOGON', '/RL', 'LIMITED', '/TN', task, '/TR', taskCommand(command)),
        () => control('/Run', '/TN', task),
      ]),
    async stop({ task }) {
      await control('/End', '/TN', task)
      return control('/Delete', '/F', '/TN', task)
    },
    forget: async () => {},
    isRunning: async ({ task }) => /\bRunning\b/.test((await control('/Query', '/TN', task, '/FO', 'CSV', '/NH')).stdout),
    look: ({ task }) => `schtasks /Query /TN "${task}"`,
    hint: 'It has the settings of your user: set them with setx, and run this again.',
  }
}

async function firstFailure(steps: readonly (() => Promise<ProgramResult>)[]): Promise<ProgramResult> {
  let result: ProgramResult = { ok: true, stdout: '', problem: '' }
  for (const step of steps) {
    result = await step()
    if (!result.ok) break
  }
  return result
}
