import type { ChannelConfigs, PushTarget } from '@signalbox/contract/channel-config'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { AlertStore, ChannelRecord, PushSubscriptionRecord } from '../store/alert.ts'
import type { Sealer } from './sealed.ts'

export type AnyConfig = ChannelConfigs[ChannelKindName]

/** Seals and opens what channels keep secret. */
export class ChannelSecrets {
  readonly #store: AlertStore
  readonly #sealer: Sealer

  constructor(store: AlertStore, sealer: Sealer) {
    this.#store = store
    this.#sealer = sealer
  }

  sealConfig(channelId: string, config: object): string {
    return this.#sealer.seal(JSON.stringify(config), `channel/${channelId}`)
  }

  /** As it is stored. @throws HubError for what another key has sealed */
  openConfig({ channel_id, config }: Pick<ChannelRecord, 'channel_id' | 'config'>): AnyConfig {
    return JSON.parse(this.#sealer.open(config, `channel/${channel_id}`)) as AnyConfig
  }

  /** As a message needs it: web push goes to all browsers that are subscribed. */
  async configToSend(channel: Pick<ChannelRecord, 'channel_id' | 'config' | 'kind'>): Promise<AnyConfig> {
    if (channel.kind !== 'web_push') return this.openConfig(channel)
    return { subscriptions: (await this.#store.subscriptions()).map((one) => this.openTarget(one)) }
  }

  sealTarget(subscriptionId: string, target: PushTarget): string {
    return this.#sealer.seal(JSON.stringify(target), `push/${subscriptionId}`)
  }

  openTarget({ subscription_id, target }: PushSubscriptionRecord): PushTarget {
    return JSON.parse(this.#sealer.open(target, `push/${subscription_id}`)) as PushTarget
  }
}
