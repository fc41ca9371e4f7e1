import { MAX_PUSH_SUBSCRIPTIONS, type PushSubscription, pushSubscriptionRoutes } from '@signalbox/contract/push-subscription'
import type { FastifyRequest } from 'fastify'
import { subscriptionId } from '../alert/push.ts'
import { instantOf } from '../clock.ts'
import { auditEntry } from '../http/audit.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import type { ChannelRecord, PushSubscriptionRecord } from '../store/alert.ts'

/** The channel that comes with the first browser. */
const CHANNEL_ID = 'web_push'

export function pushSubscription({ app, store, clock, alerts }: RouteContext): void {
  serve(app, pushSubscriptionRoutes.key, async () => ({ key: await alerts.pushKeys.publicKey() }))

  serve(app, pushSubscriptionRoutes.list, async ({ request }) =>
    (await store.alerts.subscriptions()).filter((one) => mayChange(request, one)).map(shown),
  )

  serve(app, pushSubscriptionRoutes.create, async ({ body: { endpoint, keys, browser }, request, reply }) => {
    const now = clock.now()
    const subscription_id = subscriptionId(endpoint)
    const all = await store.alerts.subscriptions()
    const known = all.find((one) => one.subscription_id === subscription_id)
    if (known === undefined && all.length >= MAX_PUSH_SUBSCRIPTIONS) {
      throw new HubError('conflict', `There are ${MAX_PUSH_SUBSCRIPTIONS} subscribed browsers, and that is the limit`, {
        suggestion: 'Remove some in Settings.',
      })
    }
    const made: PushSubscriptionRecord = {
      subscription_id,
      target: alerts.secrets.sealTarget(subscription_id, { endpoint, keys }),
      browser,
      ...(request.principal === undefined ? {} : { key_id: request.principal.id }),
      created_at: known?.created_at ?? now,
    }
    const audit = () => (known === undefined ? auditEntry(request, 'push_subscription.created', { subscription_id, browser }) : undefined)
    await store.alerts.putSubscription(made, { now, audit })
    await addChannel(now)
    // Of a key that may change channels anyway: the address goes into the messages of all.
    if (request.principal?.scopes.includes('admin')) await alerts.address.note(app.ownAddress.url(request))
    alerts.changed()
    reply.code(201)
    return shown(made)
  })

  serve(app, pushSubscriptionRoutes.remove, async ({ params: { subscription_id }, request, reply }): Promise<Sent> => {
    const found = (await store.alerts.subscriptions()).find((one) => one.subscription_id === subscription_id)
    if (found === undefined || !mayChange(request, found)) {
      throw new HubError('not_found', 'There is no such subscription', { suggestion: 'GET /api/push/subscriptions lists those there are.' })
    }
    const audit = (done: unknown) =>
      done ? auditEntry(request, 'push_subscription.removed', { subscription_id, browser: found.browser }) : undefined
    await store.alerts.removeSubscription(subscription_id, { now: clock.now(), audit })
    reply.code(204).send()
    return sent
  })

  async function addChannel(now: number): Promise<void> {
    if ((await store.alerts.channels()).some(({ kind }) => kind === 'web_push')) return
    const made: ChannelRecord = {
      channel_id: CHANNEL_ID,
      kind: 'web_push',
      name: 'Browsers',
      config: alerts.secrets.sealConfig(CHANNEL_ID, { subscriptions: [] }),
      quiet_hours: [],
      lets_through: 'critical',
      state: 'ok',
      state_since: now,
      source: 'default',
      created_at: now,
      updated_at: now,
      revision: 1,
    }
    await store.alerts.putChannel(made, { now })
  }
}

function mayChange({ principal }: FastifyRequest, { key_id }: PushSubscriptionRecord): boolean {
  return principal?.scopes.includes('admin') === true || (key_id !== undefined && key_id === principal?.id)
}

function shown({ subscription_id, browser, key_id, created_at, last_ok_at }: PushSubscriptionRecord): PushSubscription {
  return {
    subscription_id,
    browser,
    ...(key_id === undefined ? {} : { key_id }),
    created_at: instantOf(created_at),
    ...(last_ok_at === undefined ? {} : { last_ok_at: instantOf(last_ok_at) }),
  }
}
