import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { CollectorWork } from '@signalbox/contract/collector-poll'
import { ASK_AGAIN_MS } from '@signalbox/contract/limit-source'
import type { TriggerResponse } from '@signalbox/contract/limit-trigger'
import { limitRoutes } from '@signalbox/contract/limits'
import { instantOf } from '../clock.ts'
import { newId, toChange } from '../http/idempotency.ts'
import { triggeredMachine } from '../http/key-binding.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { CollectorLongPoll } from '../limits/collector-long-poll.ts'
import { isConnected } from '../limits/current.ts'
import { planOf, readPlans } from '../limits/plan.ts'
import { selectTriggerTarget } from '../limits/trigger-target.ts'
import type { RouteContext } from '../route-context.ts'
import type { CollectorRecord } from '../store/collector.ts'

/** Interval between two runs that expire unanswered triggers, in milliseconds. */
const EXPIRE_INTERVAL_MS = 5_000

/** Triggers, and the long polls of the collectors that take them. */
export function limitTrigger({ app, store, clock, quotas, streams }: RouteContext): void {
  serve(app, limitRoutes.trigger, async ({ query, request, reply }): Promise<TriggerResponse> => {
    const now = clock.now()
    const change = toChange(request, reply, now)
    const collectors = await store.limits.collectors()
    const wanted = triggeredMachine(request, query.machine_id)
    const collector =
      wanted === undefined ? await selectTarget(query.account, collectors, now) : collectors.find(({ machine }) => machine === wanted)
    if (collector === undefined || !isConnected(collector, now)) throw collectorOffline(collector?.machine ?? wanted, collector)
    const { machine } = collector
    const id = newId(change, 'trigger')
    await store.limits.requestTrigger(id, machine, change)
    reply.code(202)
    const message = `Asked ${machine} for a snapshot; follow limits.trigger with this id on /events`
    return { success: true, id, machine_id: machine, message, timestamp: instantOf(now) }
  })

  /** A collector of the account's machines; of any machine where no account is named and no other is in use. */
  const selectTarget = async (account: string | undefined, collectors: readonly CollectorRecord[], now: number) => {
    const { inUse } = await readPlans(store.limits)
    const plan = await planOf(store.limits, account)
    const heads = plan === undefined ? [] : await store.limits.heads(plan.names)
    const machines = new Set(heads.map(({ body }) => body.machine_id))
    const isOnly = inUse.length <= 1 && (account === undefined || account === inUse[0]?.account)
    const own = isOnly
      ? collectors
      : collectors.filter((one) => machines.has(one.machine) && (one.account === undefined || one.account === plan?.account))
    return selectTriggerTarget(heads, own, now)
  }

  const longPoll = new CollectorLongPoll(store.limits, clock)
  const stopListening = store.events.listen((events) => {
    for (const { event, data } of events) {
      if (event === 'limits.trigger' && data.step === 'requested') longPoll.wake(String(data.machine_id))
    }
  })
  const expiring = setInterval(() => store.limits.expireTriggers(clock.now()).catch(() => {}), EXPIRE_INTERVAL_MS)
  expiring.unref()
  app.addHook('preClose', async () => {
    clearInterval(expiring)
    stopListening()
    longPoll.close()
  })

  serve(
    app,
    limitRoutes.collector,
    async ({ body, request, reply }): Promise<CollectorWork> => {
      const { machine_id: machine, account, collector: health, triggers: ended, waitMs } = body
      await quotas.take(request, reply, { names: [{ kind: 'collector', name: machine }] })
      const pollId = randomUUID()
      const disconnected = onDisconnect(reply.raw)
      await store.limits.recordCollector({ machine, account, health, asking: pollId, ended }, toChange(request, reply, clock.now()))
      const leave = () => void store.limits.disconnectCollector(machine, pollId).catch(() => {})
      if (disconnected.aborted) leave()
      else disconnected.addEventListener('abort', leave, { once: true })
      // Where each open request is a process, none is held.
      const isHeld = streams.turn === undefined
      const trigger = await longPoll.nextTrigger(machine, isHeld ? waitMs : 0, disconnected)
      return {
        ...(trigger === undefined ? {} : { trigger: { id: trigger.id } }),
        ...(isHeld ? {} : { askAgainInMs: ASK_AGAIN_MS }),
        timestamp: instantOf(clock.now()),
      }
    },
    { quiet: true },
  )
}

/** A signal that aborts when the client goes before it has its answer, also while the request is still being recorded. */
function onDisconnect(response: ServerResponse): AbortSignal {
  const disconnected = new AbortController()
  const abort = () => {
    if (!response.writableEnded) disconnected.abort()
  }
  if (response.destroyed) abort()
  else response.once('close', abort)
  return disconnected.signal
}

function collectorOffline(machine: string | undefined, collector: CollectorRecord | undefined): HubError {
  const lastSeen = collector === undefined ? 'never' : instantOf(collector.seenAt)
  return new HubError('unavailable', `collector offline, last seen ${lastSeen}`, {
    suggestion:
      machine === undefined
        ? 'Start a collector: signalbox up, or signalbox collector on another machine.'
        : `Start it on ${machine}: signalbox up, or signalbox collector. It takes a snapshot by itself as soon as it runs.`,
    details: { ...(machine === undefined ? {} : { machine_id: machine }), lastSeenAt: collector === undefined ? null : lastSeen },
  })
}
