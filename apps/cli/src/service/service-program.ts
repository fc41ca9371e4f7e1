import { type SettingName, settings } from '@signalbox/contract/setting'
import { collectorService, type ServiceName } from './service-text.ts'

/** What can run as a service. */
export type ServiceProgram = 'up' | 'hub' | 'collector'

export const serviceNames: Readonly<Record<ServiceProgram, ServiceName>> = {
  up: { unit: 'signalbox.service', label: 'dev.signalbox', task: 'Signalbox', description: 'Signalbox' },
  hub: { unit: 'signalbox-hub.service', label: 'dev.signalbox.hub', task: 'Signalbox hub', description: 'Signalbox hub' },
  collector: collectorService,
}

/** Variables of the system that decide how the programs reach others. */
const systemNames = ['XDG_CONFIG_HOME', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS']
/** `npm start` sets it for a developer. */
const notPassedOn = new Set(['NODE_ENV'])

/**
 * The settings of the shell for a service, which does not run in it. Its file can be read by others, so what is secret, or has
 * a password in it, is named only.
 */
export function settingsOf(env: NodeJS.ProcessEnv, program: ServiceProgram): { env: Record<string, string>; secret: string[] } {
  const programs = program === 'up' ? ['hub', 'collector'] : [program]
  const used = (Object.keys(settings) as SettingName[]).filter(
    (name) => !notPassedOn.has(name) && settings[name].usedBy.some((one) => programs.includes(one)),
  )
  const given = [...used, ...systemNames].flatMap((name): [string, string][] => {
    const value = env[name]?.trim()
    return value ? [[name, value]] : []
  })
  const isSecret = ([name, value]: [string, string]) =>
    (settings as Record<string, { secret?: true }>)[name]?.secret === true || /\/\/[^/]*@/.test(value)
  return { env: Object.fromEntries(given.filter((one) => !isSecret(one))), secret: given.filter(isSecret).map(([name]) => name) }
}
