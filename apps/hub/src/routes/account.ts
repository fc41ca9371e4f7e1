import { type Account, accountRoutes, type NamedAccount } from '@signalbox/contract/account'
import { instantOf } from '../clock.ts'
import { auditEntry } from '../http/audit.ts'
import { toChange } from '../http/idempotency.ts'
import { readPage, sendPage } from '../http/list.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import { toCurrentLimits } from '../limits/current.ts'
import type { Plan } from '../limits/plan.ts'
import type { RouteContext } from '../route-context.ts'
import type { ListPlace } from '../store/change.ts'

/** The accounts whose plan limits were sent to this hub. */
export function account({ app, store, limitService, clock }: RouteContext): void {
  serve(app, accountRoutes.list, async ({ query, request, reply }) => {
    const now = clock.now()
    const { inUse, former } = await limitService.currentLimits.plans()
    const all = [...inUse, ...former]
    const collectors = await store.limits.collectors()
    const page = readPage(query, 'in use first')
    const { limit, offset, after } = page.range
    const start = after === undefined ? offset : placeBehind(all, after)
    const rows = await Promise.all(
      all.slice(start, start + limit).map(async (plan): Promise<Account | undefined> => {
        const latest = await limitService.currentLimits.ofPlan(plan)
        // Its last version was removed meanwhile.
        if (latest === undefined) return undefined
        return {
          ...(plan.account === undefined ? {} : { account: plan.account }),
          ...(plan.name === undefined ? {} : { name: plan.name }),
          inUse: inUse.includes(plan),
          machines: [...latest.machines],
          ...instantsOf(plan, latest.base.version.at),
          hasSessionLimit: latest.hasSessionLimit,
          limits: toCurrentLimits(latest, latest.base, collectors, now),
        }
      }),
    )
    reply.header('cache-control', 'private, no-cache')
    const found = { rows: rows.filter((row) => row !== undefined), total: all.length }
    return sendPage(request, reply, page, found, ({ account }) => ({ at: indexOf(all, account), id: account ?? '' }))
  })

  serve(app, accountRoutes.name, async ({ params, body, request, reply }): Promise<NamedAccount> => {
    const name = body.name ?? undefined
    const details = { account: params.account, ...(name === undefined ? {} : { name }) }
    const audit = (found: unknown) => (found === true ? auditEntry(request, 'account.named', details) : undefined)
    const found = await store.limits.nameAccount(params.account, name, { ...toChange(request, reply, clock.now()), audit })
    if (!found)
      throw new HubError('not_found', `There is no account ${params.account}`, {
        suggestion: 'GET /api/claude/accounts lists the accounts there are.',
      })
    limitService.currentLimits.invalidate()
    return { account: params.account, ...(name === undefined ? {} : { name }) }
  })
}

function indexOf(plans: readonly Plan[], account: string | undefined): number {
  return plans.findIndex((plan) => plan.account === account)
}

/** Where a list goes on behind an account: the few plans are sorted anew for each page, and it may be gone meanwhile. */
function placeBehind(plans: readonly Plan[], { at, id }: ListPlace): number {
  const index = indexOf(plans, id === '' ? undefined : id)
  return index === -1 ? at : index + 1
}

function instantsOf({ accounts }: Plan, fallback: number): Pick<Account, 'firstSeenAt' | 'lastSeenAt'> {
  const newest = Math.max(...accounts.map(({ newestAt = fallback }) => newestAt))
  const first = Math.min(...accounts.map(({ firstAt, oldestAt = fallback }) => firstAt ?? oldestAt))
  return { firstSeenAt: instantOf(first), lastSeenAt: instantOf(newest) }
}
