import { findHub } from '@signalbox/hub-address/find-hub'
import { isSameAddress } from '@signalbox/hub-address/http-address'

export interface ChosenHub {
  readonly url: string
  readonly key: string | undefined
  /** For people: where the address comes from. */
  readonly from: string
  /** False for the default address, at which there may be no hub at all. */
  readonly isGiven: boolean
  /** The id of this machine at the hub. */
  readonly machineId: string
}

export interface ChooseHubOptions {
  /** The setting `stateTracking.apiUrl`; empty without one. */
  readonly apiUrl: string
  readonly env: NodeJS.ProcessEnv
  /** The key that was entered for this hub. */
  readonly keyOf: (url: string) => Promise<string | undefined>
}

/**
 * The hub of the settings, else the one that every command finds. A key goes to no other address than the one that it was made or
 * entered for: the settings of a folder, which may name the address, are not the person's own.
 * @throws SettingsError, PrivateFileError where what the commands read is damaged
 */
export async function chooseHub({ apiUrl, env, keyOf }: ChooseHubOptions): Promise<ChosenHub> {
  const given = apiUrl.trim().replace(/\/+$/, '')
  if (given === '') {
    const { url, key, from, source, machineId } = findHub(env)
    return { url, key: (await keyOf(url)) ?? key, from, isGiven: source !== 'default', machineId }
  }
  const found = findHub(env)
  const known = found.source !== 'default' && isSameAddress(found.url, given) ? found.key : undefined
  return {
    url: given,
    key: (await keyOf(given)) ?? known,
    from: 'from the setting stateTracking.apiUrl',
    isGiven: true,
    machineId: found.machineId,
  }
}
