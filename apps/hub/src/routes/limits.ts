import { createHash, randomUUID } from 'node:crypto'
import {
  type CollectorWork,
  type CurrentLimitReading,
  type LimitHistory,
  type LimitReadingStored,
  limitRoutes,
  MAX_READING_BYTES,
  type TriggerAnswer,
} from '@signalbox/contract/limits'
import type { FastifyRequest } from 'fastify'
import { instantOf } from '../clock.ts'
import type { Doors } from '../doors.ts'
import { isUnchanged } from '../http/etag.ts'
import { changeOf, newId } from '../http/once.ts'
import { sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { CollectorLine } from '../limits/collector-line.ts'
import { answerOf, asSent, isConnected } from '../limits/current.ts'
import { historyOf } from '../limits/history.ts'
import { noReading } from '../limits/no-reading.ts'
import { planOf, versionAt, versionNear } from '../limits/version.ts'
import { whoReads } from '../limits/who-reads.ts'
import type { CollectorRecord } from '../store/store.ts'

/** A clock of another machine may be ahead of ours by so much, in milliseconds. */
export const MAX_AHEAD_MS = 5 * 60_000
const DAY_MS = 86_400_000
/** Between two looks for triggers that nobody answers. */
const EXPIRE_MS = 5_000

export function limits({ app, store, limitBook, clock }: Doors): void {
  serve(
    app,
    limitRoutes.create,
    async ({ body, request, reply }): Promise<LimitReadingStored> => {
      const now = clock.now()
      const { fresh, number } = await limitBook.put(body, changeOf(request, reply, now))
      return { success: true, message: fresh ? 'Reading stored' : 'Reading was stored before', timestamp: instantOf(now), version: number }
    },
    // A reading, and the spaces that somebody may like in JSON.
    { bodyLimit: 2 * MAX_READING_BYTES, before: (request) => refuseFuture(request, clock.now()) },
  )

  serve(
    app,
    limitRoutes.current,
    async ({ query, request, reply }) => {
      const now = clock.now()
      const collectors = await store.limits.collectors()
      const latest = await limitBook.board.of(query.account)
      if (latest === undefined) throw noReading(query.account, collectors, now)
      const { plan } = latest
      let answer: CurrentLimitReading
      if (query.timestamp === undefined && query.version === undefined) {
        answer = answerOf(latest.said, latest.numbered, collectors, now)
      } else {
        const numbered =
          query.timestamp === undefined
            ? await versionAt(store.limits, plan, query.version!)
            : await versionNear(store.limits, plan, Date.parse(query.timestamp))
        answer = answerOf(asSent(numbered.version), numbered, collectors, now)
      }
      // Its age is part of it, so the tag is another one as soon as that is.
      const tag = createHash('sha1').update(JSON.stringify(answer)).digest('base64url')
      if (!isUnchanged(request, reply, `W/"${tag}"`)) return answer
      reply.send()
      return sent
    },
    { unchecked: true },
  )

  serve(
    app,
    limitRoutes.history,
    async ({ query, reply }): Promise<LimitHistory> => {
      const until = query.until === undefined ? clock.now() : Date.parse(query.until)
      const since = query.since === undefined ? until - 7 * DAY_MS : Date.parse(query.since)
      if (since >= until) {
        throw new HubError('validation_error', 'since is not before until', {
          apiCode: 'VALIDATION_OUT_OF_RANGE',
          suggestion: 'Exchange the two; without until it is now.',
          details: { field: 'since' },
        })
      }
      const plan = await planOf(store.limits, query.account)
      const series =
        plan === undefined ? [] : await historyOf(store.limits, { accounts: plan.accounts, since, until, points: query.points })
      reply.header('cache-control', 'private, no-cache')
      const account = query.account ?? plan?.account
      return { ...(account === undefined ? {} : { account }), since: instantOf(since), until: instantOf(until), series }
    },
    { unchecked: true },
  )

  serve(app, limitRoutes.trigger, async ({ query, request, reply }): Promise<TriggerAnswer> => {
    const now = clock.now()
    const change = changeOf(request, reply, now)
    const collectors = await store.limits.collectors()
    const collector =
      query.machine_id === undefined
        ? whoReads(await headsOfPlan(), collectors, now)
        : collectors.find(({ machine }) => machine === query.machine_id)
    if (collector === undefined || !isConnected(collector, now)) throw offline(collector?.machine ?? query.machine_id, collector)
    const { machine } = collector
    const id = newId(change, 'trigger')
    await store.limits.requestTrigger(id, machine, change)
    reply.code(202)
    const message = `Asked ${machine} for a reading; follow limits.trigger with this id on /events`
    return { success: true, id, machine_id: machine, message, timestamp: instantOf(now) }
  })

  const headsOfPlan = async () => {
    const plan = await planOf(store.limits, undefined)
    return plan === undefined ? [] : store.limits.heads(plan.names)
  }

  const line = new CollectorLine(store.limits, clock)
  const stopListening = store.events.listen((events) => {
    for (const { event, data } of events) {
      if (event === 'limits.trigger' && data.step === 'requested') line.call(String(data.machine_id))
    }
  })
  const expiring = setInterval(() => store.limits.expireTriggers(clock.now()).catch(() => {}), EXPIRE_MS)
  expiring.unref()
  app.addHook('preClose', async () => {
    clearInterval(expiring)
    stopListening()
    line.close()
  })

  serve(
    app,
    limitRoutes.collector,
    async ({ body, request, reply }): Promise<CollectorWork> => {
      const { machine_id: machine, account, collector: health, triggers: ended, waitMs } = body
      const asking = randomUUID()
      await store.limits.hear({ machine, account, health, asking, ended }, changeOf(request, reply, clock.now()))
      const gone = new AbortController()
      const leave = () => {
        if (reply.raw.writableEnded) return
        gone.abort()
        store.limits.leave(machine, asking).catch(() => {})
      }
      reply.raw.once('close', leave)
      const trigger = await line.work(machine, waitMs, gone.signal)
      return { ...(trigger === undefined ? {} : { trigger: { id: trigger.id } }), timestamp: instantOf(clock.now()) }
    },
    { quiet: true },
  )
}

/** Before its windows are looked at. */
function refuseFuture(request: FastifyRequest, now: number): void {
  const sentAt = (request.body as { lastUpdated?: unknown } | null | undefined)?.lastUpdated
  const at = typeof sentAt === 'string' && /^\d{4}-\d\d-\d\dT/.test(sentAt) ? Date.parse(sentAt) : Number.NaN
  if (!(at - now > MAX_AHEAD_MS)) return
  throw new HubError('validation_error', 'lastUpdated is more than 5 minutes in the future', {
    apiCode: 'VALIDATION_OUT_OF_RANGE',
    suggestion: `Set the clock of the machine that sent it; here it is ${new Date(now).toISOString()}.`,
    details: { field: 'lastUpdated', problems: [{ field: 'lastUpdated', message: 'lastUpdated is more than 5 minutes in the future' }] },
  })
}

function offline(machine: string | undefined, collector: CollectorRecord | undefined): HubError {
  const seen = collector === undefined ? 'never' : instantOf(collector.seenAt)
  return new HubError('unavailable', `collector offline, last seen ${seen}`, {
    suggestion:
      machine === undefined
        ? 'Start one: signalbox up, or signalbox collector on another machine.'
        : `Start it on ${machine}: signalbox up, or signalbox collector. It reads by itself as soon as it runs.`,
    details: { ...(machine === undefined ? {} : { machine_id: machine }), lastSeenAt: collector === undefined ? null : seen },
  })
}
