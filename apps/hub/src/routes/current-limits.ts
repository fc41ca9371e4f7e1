import { createHash } from 'node:crypto'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import type { LimitForecast } from '@signalbox/contract/limit-forecast'
import type { LimitHistory } from '@signalbox/contract/limit-history'
import { limitRoutes } from '@signalbox/contract/limits'
import { forecastWindows } from '@signalbox/usage/forecast-window'
import { toWindowForecast } from '@signalbox/usage/window-forecast'
import { instantOf } from '../clock.ts'
import { isUnchanged } from '../http/etag.ts'
import { sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { limitsOfVersion, toCurrentLimits } from '../limits/current.ts'
import { readHistory } from '../limits/history.ts'
import { planOf } from '../limits/plan.ts'
import { snapshotNotFound } from '../limits/snapshot-not-found.ts'
import { versionAt, versionNear } from '../limits/version.ts'
import type { RouteContext } from '../route-context.ts'

const DAY_MS = 86_400_000

/** The current limits, single versions, the history, and the forecast. */
export function currentLimits({ app, store, limitService, clock }: RouteContext): void {
  serve(
    app,
    limitRoutes.current,
    async ({ query, request, reply }) => {
      const now = clock.now()
      const collectors = await store.limits.collectors()
      const latest = await limitService.currentLimits.of(query.account)
      if (latest === undefined) throw snapshotNotFound(query.account, collectors, now)
      const { plan } = latest
      let answer: CurrentLimits
      if (query.timestamp === undefined && query.version === undefined) {
        answer = toCurrentLimits(latest, latest.base, collectors, now)
      } else {
        const position =
          query.timestamp === undefined
            ? await versionAt(store.limits, plan, query.version!)
            : await versionNear(store.limits, plan, Date.parse(query.timestamp))
        answer = toCurrentLimits({ ...latest, limits: limitsOfVersion(position.version) }, position, collectors, now)
      }
      // The answer contains its age, so the tag changes with the age.
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
          suggestion: 'Exchange the two; without until, the range ends now.',
          details: { field: 'since' },
        })
      }
      const plan = await planOf(store.limits, query.account)
      const series =
        plan === undefined ? [] : await readHistory(store.limits, { accounts: plan.accounts, since, until, points: query.points })
      reply.header('cache-control', 'private, no-cache')
      const account = query.account ?? plan?.account
      return {
        ...(account === undefined ? {} : { account }),
        ...(plan?.name === undefined ? {} : { accountName: plan.name }),
        since: instantOf(since),
        until: instantOf(until),
        series,
      }
    },
    { unchecked: true },
  )

  serve(app, limitRoutes.forecast, async ({ query, reply }): Promise<LimitForecast> => {
    const now = clock.now()
    const latest = await limitService.currentLimits.of(query.account)
    if (latest === undefined) throw snapshotNotFound(query.account, await store.limits.collectors(), now)
    const { plan, limits } = latest
    const windows = forecastWindows(limits, now)
    const forecasts = await limitService.forecasts.of(plan, windows, now)
    reply.header('cache-control', 'private, no-cache')
    const account = query.account ?? plan.account
    return {
      ...(account === undefined ? {} : { account }),
      ...(plan.name === undefined ? {} : { accountName: plan.name }),
      timestamp: instantOf(now),
      windows: windows.map((window, n) => toWindowForecast(window, forecasts[n]!)),
    }
  })
}
