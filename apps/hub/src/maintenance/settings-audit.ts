import { isDeepStrictEqual } from 'node:util'
import type { HubConfig } from '../config.ts'
import type { Store } from '../store/store.ts'

/** Entries that are looked through: each hub of a shared database has its own. */
const MAX_ENTRIES = 50

/** The settings of a hub as the audit log keeps them: no secret is among them, keys by their names and ids. */
function settingsOf({ environmentKeys, mongoUri, prices, alerts, ...config }: HubConfig): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify({
      ...config,
      environmentKeys: environmentKeys.map(({ name, id, scopes, weak }) => ({ name, id, scopes, weak })),
      mongodb: mongoUri !== undefined,
      alerts: {
        ...alerts,
        mail: alerts.mail?.from,
        heartbeat: alerts.heartbeat?.style,
        secretKey: alerts.secretKey !== undefined,
      },
      prices: { version: prices.version, date: prices.date },
    }),
  ) as Record<string, unknown>
}

/**
 * Records the settings of a hub where they are other ones than at its last start: they are of the environment, and change only
 * while it does not run.
 * @param hub its name among those that share its database
 */
export async function recordSettings(store: Store, config: HubConfig, hub: string, now: number): Promise<void> {
  const settings = settingsOf(config)
  const entries = await store.audit.page({ actions: ['settings.changed'], limit: MAX_ENTRIES })
  const before = entries.find(({ details }) => details.hub === hub)?.details.settings as Record<string, unknown> | undefined
  const names = [...new Set([...Object.keys(settings), ...Object.keys(before ?? {})])].sort()
  const changed = names.filter((name) => !isDeepStrictEqual(settings[name], before?.[name]))
  if (changed.length === 0) return
  const details = { hub, changed: before === undefined ? [] : changed, settings }
  await store.audit.append({ action: 'settings.changed', key_name: 'hub', details }, { now })
}
