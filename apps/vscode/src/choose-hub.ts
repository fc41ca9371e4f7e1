import { findHub } from '@signalbox/hub-address/find-hub'
import { isHttpAddress, isSameAddress } from '@signalbox/hub-address/http-address'

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
 * @throws SettingsError, PrivateFileError where what the commands read is damaged, Error where the setting is no address
 */
export async function chooseHub({ apiUrl, env, keyOf }: ChooseHubOptions): Promise<ChosenHub> {
  const given = apiUrl.trim().replace(/\/+$/, '')
  // A keyring that is locked or missing must not hide a hub whose key is in a file.
  const entered = (url: string) => keyOf(url).catch(() => undefined)
  if (given === '') {
    const { url, key, from, source, machineId } = findHub(env)
    return { url, key: (await entered(url)) ?? key, from, isGiven: source !== 'default', machineId }
  }
  if (!isHttpAddress(given))
    throw new Error(`The setting stateTracking.apiUrl is no address of a hub, such as https://hub.example: ${given}`)
  const found = findHub(env)
  const known = found.source !== 'default' && isSameAddress(found.url, given) ? found.key : undefined
  return {
    url: given,
    key: (await entered(given)) ?? known,
    from: 'from the setting stateTracking.apiUrl',
    isGiven: true,
    machineId: found.machineId,
  }
}
