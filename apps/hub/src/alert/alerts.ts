import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import type { Clock } from '../clock.ts'
import type { HubConfig } from '../config.ts'
import type { OneUseLinks } from '../http/one-use-link.ts'
import type { CurrentLimitsCache } from '../limits/current-limits-cache.ts'
import type { LimitForecasts } from '../limits/limit-forecasts.ts'
import type { Logger } from '../log.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { Store } from '../store/store.ts'
import { ProjectMaps } from '../usage/project-maps.ts'
import { applyAlertsFile, readAlertsFile } from './alerts-file.ts'
import type { ChannelKind, Wire } from './channel/channel-kind.ts'
import { channelList } from './channel/channel-list.ts'
import type { DesktopOutlet } from './channel/desktop.ts'
import { ChannelSecrets } from './channel-secrets.ts'
import { addDefaultRules } from './default-rule-rows.ts'
import { type ChannelFacts, type Facts, FactsSource } from './facts.ts'
import { HubAddress } from './hub-address.ts'
import { HubHealthSource } from './hub-health.ts'
import { Judge } from './judge.ts'
import { Lease } from './lease.ts'
import { MessageActions } from './message-action.ts'
import { Outbox } from './outbox.ts'
import { withoutPeerWords } from './peer-words.ts'
import { PushKeys } from './push.ts'
import { openRule } from './rule/rule-list.ts'
import { openSealer, type Sealer } from './sealed.ts'
import { Sender, type SendObserver } from './sender.ts'
import { createWire, refusalOfAddress, type WireOptions } from './wire.ts'
import { AlertWorker } from './worker.ts'

export interface AlertsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly config: HubConfig
  readonly logger: Logger
  readonly currentLimits: Pick<CurrentLimitsCache, 'plans' | 'ofPlan'>
  readonly forecasts: Pick<LimitForecasts, 'of'>
  readonly mirror: Pick<Mirror, 'state'> | undefined
  /** Where this hub listens; undefined before it does. */
  readonly ownPort: () => number | undefined
  readonly desktop: DesktopOutlet
  /** Those in messages that acknowledge an alert. */
  readonly links: OneUseLinks
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly observer?: SendObserver | undefined
  /** Another way out, for tests. */
  readonly wire?: Wire | undefined
}

/** All that belongs to alerts, put together; `run` does the work, and routes change what it works on. */
export class Alerts {
  readonly sealer: Sealer
  readonly links: OneUseLinks
  readonly address: HubAddress
  /** What readers of messages can do about an alert. */
  readonly actions = new MessageActions()
  readonly secrets: ChannelSecrets
  readonly pushKeys: PushKeys
  readonly facts: FactsSource
  readonly sender: Sender
  readonly outbox: Outbox
  readonly worker: AlertWorker
  readonly kindOf: (kind: ChannelKindName) => ChannelKind<never>
  /** Why nothing would be sent to an address; undefined where nothing is known against it. */
  readonly refusalOfAddress: (url: string) => string | undefined
  readonly #options: AlertsOptions
  readonly #health: HubHealthSource
  readonly #judge: Judge<Facts>

  constructor(options: AlertsOptions) {
    const { store, clock, config, logger, currentLimits, forecasts, mirror } = options
    const { alerts } = store
    this.#options = options
    this.sealer = openSealer(config.dataDir, config.alerts.secretKey)
    this.secrets = new ChannelSecrets(alerts, this.sealer)
    const subject = config.alerts.vapidSubject ?? (config.publicUrl?.startsWith('https:') ? config.publicUrl : 'mailto:signalbox@localhost')
    this.pushKeys = new PushKeys(alerts, this.sealer, subject)
    const kinds = channelList({
      clock,
      mail: config.alerts.mail,
      vapid: () => this.pushKeys.details(),
      desktop: options.desktop,
    })
    this.kindOf = (kind) => kinds[kind] as unknown as ChannelKind<never>
    const wireOptions: WireOptions = {
      allowNetworks: config.alerts.allowNetworks,
      onlyThisMachine: config.loopback,
      ownPort: options.ownPort,
      publicUrl: config.publicUrl,
      env: options.env ?? process.env,
    }
    const wire = options.wire ?? createWire(wireOptions)
    this.refusalOfAddress = (url) => refusalOfAddress(url, wireOptions)
    const hub = `${hostname()} ${randomUUID().slice(0, 8)}`
    const { secrets, kindOf } = this
    this.links = options.links
    const loopbackPort = () => (config.loopback ? options.ownPort() : undefined)
    this.address = new HubAddress({ store: alerts, publicUrl: config.publicUrl, basePath: config.basePath, loopbackPort })
    this.sender = new Sender({
      store: alerts,
      secrets,
      kindOf,
      wire,
      clock,
      logger,
      hub,
      onSettled: () => this.worker.wake(),
      observer: options.observer,
    })
    const { sender } = this
    const { groupMs } = config.alerts
    this.outbox = new Outbox({
      store: alerts,
      clock,
      sender,
      links: this.links,
      kindOf,
      groupMs,
      address: () => this.address.url(),
      findAction: this.actions.find,
      hub,
    })
    const oldestDue = () => this.outbox.oldestDue()
    this.#health = new HubHealthSource({ store, dataDir: config.dataDir, mirror, oldestDue, clock })
    this.facts = new FactsSource({
      store,
      currentLimits,
      forecasts,
      projects: new ProjectMaps(store.folders, config.projectGroups),
      defaults: config,
      hub: () => this.#health.read(),
      channels: () => this.#channelFacts(),
    })
    this.#judge = new Judge({ store, open: openRule, facts: this.facts, clock, logger })
    const lease = new Lease(alerts, clock, hub)
    this.worker = new AlertWorker({ store, judge: this.#judge, outbox: this.outbox, sender, lease, clock, logger })
  }

  /** Adds the first rules and those of ALERTS_FILE. @throws SettingsError for a file that is not valid */
  async prepare(): Promise<void> {
    const { store, config, clock, env = process.env } = this.#options
    const { file } = config.alerts
    const read = file === undefined ? undefined : readAlertsFile(file, env, this.refusalOfAddress)
    // At the start, and not at the first message.
    this.sealer.check()
    await this.#judge.prepare()
    await addDefaultRules(store.alerts, clock.now())
    if (read !== undefined) await applyAlertsFile(store.alerts, this.secrets, read, clock.now())
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#health.start()
    await this.worker.run(signal)
    this.#health.stop()
  }

  /** Judges everything and sends what is due, once; for a process that does not run between requests. */
  async runOnce(ms: number): Promise<void> {
    // It may have been frozen when the events came that say what has changed.
    this.#judge.requestSweep()
    await this.worker.runOnce(ms)
  }

  /** A rule or a channel has changed: everything is looked at now. */
  changed(): void {
    this.#judge.requestSweep()
    this.worker.wake()
  }

  async #channelFacts(): Promise<ChannelFacts[]> {
    return (await this.#options.store.alerts.channels()).map((channel) => ({
      channel_id: channel.channel_id,
      kind: channel.kind,
      name: channel.name,
      state: channel.state,
      state_since: channel.state_since,
      failing_since: channel.failing_since,
      // It goes to other channels, and to everyone who reads alerts.
      reason: channel.last_error && withoutPeerWords(channel.last_error.reason),
    }))
  }
}
