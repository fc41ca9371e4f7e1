import type {
  AcknowledgeAlert,
  AcknowledgeAlerts,
  AcknowledgedAlerts,
  Alert,
  AlertDetail,
  AlertMessage,
  AlertPause,
  PauseAlerts,
  Snooze,
  SnoozeAlert,
} from '@signalbox/contract/alert'
import type { AlertRule, AlertRulePreview, ChangeAlertRule, CreateAlertRule } from '@signalbox/contract/alert-rule'
import type { ChangeChannel, Channel, ChannelTest, CreateChannel, CreatedChannel, TestChannel } from '@signalbox/contract/channel'
import type { CreatePushSubscription, PushKey, PushSubscription } from '@signalbox/contract/push-subscription'
import type { CallOptions, ChangeOptions, ListOptions } from './call-options.ts'
import { HubCalls } from './hub-calls.ts'
import type { AlertQuery, ListQuery } from './query.ts'

/** The hub waits so long for the outcome of a test, in milliseconds. */
const TEST_TIMEOUT_MS = 15_000
/** Time for the response to arrive, beyond that. */
const RESPONSE_GRACE_MS = 5_000

/** The routes of alerts, their rules and their channels, and of subscribed browsers. */
export class AlertCalls extends HubCalls {
  /** Newest first; without `state` all but the pending ones. Scope `read`. */
  listAlerts(query: AlertQuery = {}, options: ListOptions = {}): Promise<Alert[]> {
    return this.http.send({ ...options, method: 'GET', path: '/api/alerts', query: { ...query } })
  }

  /** With its flips, notices, messages and attempts. Scope `read`; what peers answered is for the scope `admin`. */
  getAlert(alertId: string, { signal }: CallOptions = {}): Promise<AlertDetail> {
    return this.http.send({ method: 'GET', path: '/api/alerts/:id', id: alertId, signal })
  }

  /** Stops its reminders and its escalation. Rejects with a ConflictError when it is closed. Scope `write`. */
  acknowledgeAlert(alertId: string, body: AcknowledgeAlert = {}, { signal }: CallOptions = {}): Promise<Alert> {
    return this.http.send({ method: 'POST', path: '/api/alerts/:id/acknowledge', id: alertId, body, idempotent: true, signal })
  }

  /** All that are open and not acknowledged, or of them only those that the body names. Scope `write`. */
  acknowledgeAlerts(body: AcknowledgeAlerts = {}, { signal }: CallOptions = {}): Promise<AcknowledgedAlerts> {
    return this.http.send({ method: 'POST', path: '/api/alerts/acknowledge', body, idempotent: true, signal })
  }

  /** Scope `write`. */
  undoAlertAcknowledgement(alertId: string, { signal }: CallOptions = {}): Promise<Alert> {
    return this.http.send({ method: 'DELETE', path: '/api/alerts/:id/acknowledge', id: alertId, signal })
  }

  /** Holds what would be sent about it, until an instant or for some time. Scope `write`. */
  snoozeAlert(alertId: string, body: SnoozeAlert, { signal }: CallOptions = {}): Promise<Alert> {
    return this.http.send({ method: 'POST', path: '/api/alerts/:id/snooze', id: alertId, body, idempotent: true, signal })
  }

  /** Scope `write`. */
  endAlertSnooze(alertId: string, { signal }: CallOptions = {}): Promise<Alert> {
    return this.http.send({ method: 'DELETE', path: '/api/alerts/:id/snooze', id: alertId, signal })
  }

  /** Closes it by hand. Scope `write`. */
  closeAlert(alertId: string, body: { readonly note?: string } = {}, { signal }: CallOptions = {}): Promise<Alert> {
    return this.http.send({ method: 'POST', path: '/api/alerts/:id/close', id: alertId, body, idempotent: true, signal })
  }

  /** Holds every message, until an instant or for some time. Scope `admin`. */
  pauseAlerts(body: PauseAlerts, { signal }: CallOptions = {}): Promise<AlertPause> {
    return this.http.send({ method: 'POST', path: '/api/alerts/pause', body, idempotent: true, signal })
  }

  /** Scope `admin`. */
  async resumeAlerts({ signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'DELETE', path: '/api/alerts/pause', signal })
  }

  /** By kind, then by name. Scope `read`. */
  listAlertRules({ signal }: CallOptions = {}): Promise<AlertRule[]> {
    return this.http.send({ method: 'GET', path: '/api/alert-rules', signal })
  }

  /** Scope `read`. */
  getAlertRule(ruleId: string, { signal }: CallOptions = {}): Promise<AlertRule> {
    return this.http.send({ method: 'GET', path: '/api/alert-rules/:id', id: ruleId, signal })
  }

  /** Scope `admin`. */
  createAlertRule(body: CreateAlertRule, { signal }: CallOptions = {}): Promise<AlertRule> {
    return this.http.send({ method: 'POST', path: '/api/alert-rules', body, idempotent: true, signal })
  }

  /** Brings rules of the first start back that were removed. Scope `admin`. */
  restoreAlertRules({ signal }: CallOptions = {}): Promise<AlertRule[]> {
    return this.http.send({ method: 'POST', path: '/api/alert-rules/restore', idempotent: true, signal })
  }

  /** Absent fields stay unchanged. Scope `admin`. */
  changeAlertRule(ruleId: string, body: ChangeAlertRule, options: ChangeOptions = {}): Promise<AlertRule> {
    return this.http.send({ ...options, method: 'PUT', path: '/api/alert-rules/:id', id: ruleId, body })
  }

  /** Its open alerts close without a message. Scope `admin`. */
  async removeAlertRule(ruleId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'DELETE', path: '/api/alert-rules/:id', id: ruleId, signal })
  }

  /** What holds now, and what the rule would have opened in the last 7 days. Scope `read`. */
  previewAlertRule(ruleId: string, { signal }: CallOptions = {}): Promise<AlertRulePreview> {
    return this.http.send({ method: 'POST', path: '/api/alert-rules/:id/preview', id: ruleId, body: {}, signal })
  }

  /** The same of a rule that is not saved. Scope `admin`. */
  previewNewAlertRule(body: CreateAlertRule, { signal }: CallOptions = {}): Promise<AlertRulePreview> {
    return this.http.send({ method: 'POST', path: '/api/alert-rules/preview', body, signal })
  }

  /** Holds the messages of all its alerts. Scope `write`. */
  snoozeAlertRule(ruleId: string, body: Snooze, { signal }: CallOptions = {}): Promise<AlertRule> {
    return this.http.send({ method: 'POST', path: '/api/alert-rules/:id/snooze', id: ruleId, body, idempotent: true, signal })
  }

  /** Scope `write`. */
  endAlertRuleSnooze(ruleId: string, { signal }: CallOptions = {}): Promise<AlertRule> {
    return this.http.send({ method: 'DELETE', path: '/api/alert-rules/:id/snooze', id: ruleId, signal })
  }

  /** By name, without secrets. Scope `read`; what is set up is for the scope `admin`. */
  listChannels({ signal }: CallOptions = {}): Promise<Channel[]> {
    return this.http.send({ method: 'GET', path: '/api/channels', signal })
  }

  /** Scope `read`. */
  getChannel(channelId: string, { signal }: CallOptions = {}): Promise<Channel> {
    return this.http.send({ method: 'GET', path: '/api/channels/:id', id: channelId, signal })
  }

  /** A secret that the hub makes is part of this response only, and not of that to a retry. Scope `admin`. */
  createChannel(body: CreateChannel, { signal }: CallOptions = {}): Promise<CreatedChannel> {
    return this.http.send({ method: 'POST', path: '/api/channels', body, idempotent: true, signal })
  }

  /** Absent fields and secrets stay unchanged. Scope `admin`. */
  changeChannel(channelId: string, body: ChangeChannel, options: ChangeOptions = {}): Promise<Channel> {
    return this.http.send({ ...options, method: 'PUT', path: '/api/channels/:id', id: channelId, body })
  }

  /** What waits for it is dropped. Scope `admin`. */
  async removeChannel(channelId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'DELETE', path: '/api/channels/:id', id: channelId, signal })
  }

  /** Sends one message, and waits for what the peer answers. Scope `admin`. */
  testChannel(channelId: string, { signal }: CallOptions = {}): Promise<ChannelTest> {
    return this.http.send({ method: 'POST', path: '/api/channels/:id/test', id: channelId, body: {}, ...test, signal })
  }

  /** The same of a channel that is not saved. Scope `admin`. */
  testNewChannel(body: TestChannel, { signal }: CallOptions = {}): Promise<ChannelTest> {
    return this.http.send({ method: 'POST', path: '/api/channels/test', body, ...test, signal })
  }

  /** Newest first, with their attempts. Scope `read`. */
  listChannelMessages(channelId: string, query: ListQuery = {}, options: ListOptions = {}): Promise<AlertMessage[]> {
    return this.http.send({ ...options, method: 'GET', path: '/api/channels/:id/messages', id: channelId, query: { ...query } })
  }

  /** Holds all its messages. Scope `write`. */
  snoozeChannel(channelId: string, body: Snooze, { signal }: CallOptions = {}): Promise<Channel> {
    return this.http.send({ method: 'POST', path: '/api/channels/:id/snooze', id: channelId, body, idempotent: true, signal })
  }

  /** Scope `write`. */
  endChannelSnooze(channelId: string, { signal }: CallOptions = {}): Promise<Channel> {
    return this.http.send({ method: 'DELETE', path: '/api/channels/:id/snooze', id: channelId, signal })
  }

  /** The public key with which a browser subscribes to web push. Scope `read`. */
  getPushKey({ signal }: CallOptions = {}): Promise<PushKey> {
    return this.http.send({ method: 'GET', path: '/api/push/key', signal })
  }

  /** Subscribed browsers of this client's key, or, with the scope `admin`, of all keys. Scope `read`. */
  listPushSubscriptions({ signal }: CallOptions = {}): Promise<PushSubscription[]> {
    return this.http.send({ method: 'GET', path: '/api/push/subscriptions', signal })
  }

  /** Makes the browser a channel; the same endpoint again replaces its keys. Scope `read`. */
  createPushSubscription(body: CreatePushSubscription, { signal }: CallOptions = {}): Promise<PushSubscription> {
    return this.http.send({ method: 'POST', path: '/api/push/subscriptions', body, idempotent: true, signal })
  }

  /** Removes its channel as well. Scope `read`. */
  async removePushSubscription(subscriptionId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'DELETE', path: '/api/push/subscriptions/:id', id: subscriptionId, signal })
  }
}

/** A test is sent once: a person who waits for it repeats it. */
const test = { retry: false, timeout: TEST_TIMEOUT_MS + RESPONSE_GRACE_MS } as const
