import { randomBytes } from 'node:crypto'
import { budgetRoutes, type ChangeBudget, MAX_BUDGETS } from '@signalbox/contract/budget'
import { isPlanKind } from '@signalbox/contract/budget-kind'
import { keyNameOf } from '../alert/message-action.ts'
import { UsageCosts } from '../alert/usage-costs.ts'
import { BudgetSpending } from '../budget/budget-spending.ts'
import { Budgets } from '../budget/budgets.ts'
import { HeldSessions } from '../budget/held-sessions.ts'
import { amountText, linkPage } from '../budget/link-page.ts'
import { budgetIdOf, keepSoftLineRule } from '../budget/soft-line-rule.ts'
import { auditEntry } from '../http/audit.ts'
import { readForms } from '../http/form-body.ts'
import { newId, toChange } from '../http/idempotency.ts'
import { donePage, LINK_ENDED, type LinkedPage, linkedPageRoute, overPage, sendPage } from '../http/linked-page.ts'
import { OneUseLinks } from '../http/one-use-link.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import type { BudgetRecord } from '../store/budget.ts'
import { ProjectMaps } from '../usage/project-maps.ts'

/** A link lasts as long as its period, and no longer than this, in milliseconds. */
const MAX_LINK_MS = 7 * 86_400_000
/** The reports of a thousand held sessions. */
const MAX_LEASE_BYTES = 512 * 1024

const over = (line: string) => overPage('Nothing to do', line)

/** Budgets: what they are, where they stand, and what machines may still spend. */
export async function budget({ app, store, clock, config, alerts }: RouteContext): Promise<void> {
  const held = new HeldSessions(store.held)
  const costs = new UsageCosts(store.usage, new ProjectMaps(store.folders, config.projectGroups), config)
  const budgets = new Budgets({
    store: store.budgets,
    spending: new BudgetSpending(store.usage, costs),
    facts: (now) => alerts.facts.at(now),
    held,
    hub: config,
  })
  const publish = (budget_id: string, change: string) =>
    void store.events
      .append([{ event: 'budget.changed', data: { budget_id, change } }], { now: clock.now() })
      .catch((err: unknown) => app.log.warn({ err }, 'budget.changed not published'))
  const show = (record: BudgetRecord) => budgets.show(record, clock.now())
  const keepRule = async (record: BudgetRecord | undefined, id: string) => {
    await keepSoftLineRule(store.alerts, record, id, clock.now())
    alerts.changed()
  }

  serve(app, budgetRoutes.list, () => budgets.list(clock.now()))
  serve(app, budgetRoutes.read, async ({ params }) => show(await budgets.find(params.budget_id)))

  serve(app, budgetRoutes.create, async ({ body, request, reply }) => {
    const now = clock.now()
    if ((await store.budgets.list()).length >= MAX_BUDGETS) {
      throw new HubError('conflict', `There are ${MAX_BUDGETS} budgets, and that is the limit`, { suggestion: 'Remove some.' })
    }
    const change = toChange(request, reply, now)
    const budget_id = change.idempotency === undefined ? `b_${randomBytes(6).toString('hex')}` : `b_${newId(change, 'budget')}`
    const { name, kind, enabled, amount_usd, percent } = body
    const record = withoutNulls<BudgetRecord>({
      ...body,
      ...(isPlanKind(kind) ? { percent, amount_usd: undefined } : { amount_usd, percent: undefined }),
      budget_id,
      enabled,
      raises: [],
      grants: [],
      created_at: now,
      updated_at: now,
      revision: 1,
    })
    const audit = (done: unknown) => (done === true ? auditEntry(request, 'budget.created', { budget_id, name, kind }) : undefined)
    await store.budgets.put(record, { ...change, audit })
    await keepRule(record, budget_id)
    publish(budget_id, 'created')
    reply.code(201).header('location', `${app.ownAddress.basePath(request)}/api/budgets/${budget_id}`)
    return show((await store.budgets.find(budget_id)) ?? record)
  })

  serve(app, budgetRoutes.change, async ({ params: { budget_id }, body, request }) => {
    const now = clock.now()
    const changed = await budgets.change(budget_id, (record) => ({ ...withChange(record, body), updated_at: now }), {
      now,
      audit: () => auditEntry(request, 'budget.changed', { budget_id, changed: Object.keys(body) }),
    })
    await keepRule(changed, budget_id)
    publish(budget_id, 'changed')
    return show(changed)
  })

  serve(app, budgetRoutes.remove, async ({ params: { budget_id }, request, reply }): Promise<Sent> => {
    for (;;) {
      const { revision, name } = await budgets.find(budget_id)
      const audit = (done: unknown) => (done === true ? auditEntry(request, 'budget.removed', { budget_id, name }) : undefined)
      // A machine that asks what it may spend changes the revision.
      if (await store.budgets.remove(budget_id, revision, { now: clock.now(), audit })) break
    }
    await keepRule(undefined, budget_id)
    publish(budget_id, 'removed')
    reply.code(204).send()
    return sent
  })

  serve(app, budgetRoutes.goOn, async ({ params: { budget_id }, body: { amount }, request, reply }) => {
    const { by, name } = request.principal!
    const change = toChange(request, reply, clock.now())
    const id = change.idempotency === undefined ? undefined : newId(change, 'raise')
    const via = by === 'cookie' ? 'page' : 'key'
    const audit = () => auditEntry(request, 'budget.raised', { budget_id, amount, via })
    return store.runIdempotent(change, async () => {
      const raised = await budgets.raise(budget_id, { id, amount, by: name, via }, { now: change.now, audit })
      publish(budget_id, 'raised')
      return show(raised)
    })
  })

  serve(
    app,
    budgetRoutes.leases,
    async ({ body, request }) => {
      const now = clock.now()
      const { machine_id, held: reports = [] } = body
      for (const id of await held.report(machine_id, reports, now)) publish(id, 'held')
      return { leases: await budgets.leases(body, now), url: `${app.ownAddress.url(request)}/app/settings#budgets` }
    },
    { bodyLimit: MAX_LEASE_BYTES, quiet: true },
  )

  const links = new OneUseLinks(await store.keys.cookieSecret(), 'raise a budget', clock)

  /** @param by who makes the link, as the audit log names who used it */
  async function makeLink(found: BudgetRecord, amount: number, by: { readonly id: string; readonly name: string }) {
    const now = clock.now()
    const { period, count, until } = await budgets.raiseCount(found, now)
    const { budget_id } = found
    const claims = { budget_id, amount: String(amount), period: String(period), count: String(count), key_id: by.id, key_name: by.name }
    const ttl = Math.max(1, Math.min(MAX_LINK_MS, until - now))
    return { path: `/b/${links.create(claims, ttl)}`, expires_at: new Date(now + ttl).toISOString() }
  }

  serve(app, budgetRoutes.link, async ({ params: { budget_id }, body: { amount }, request, reply }) => {
    const { path, expires_at } = await makeLink(await budgets.find(budget_id), amount, request.principal!)
    reply.code(201)
    return { url: app.ownAddress.url(request) + path, expires_at }
  })

  // The alert of a soft line lets a person go on before the hard one is reached.
  alerts.actions.add(async ({ rule_id }, channel) => {
    const found = await store.budgets.find(budgetIdOf(rule_id) ?? '')
    if (found === undefined || !found.enabled) return undefined
    if (!channel.action_links) return { label: 'Open budgets', path: '/app/settings#budgets' }
    const amount = amountOfLink(found)
    const { path } = await makeLink(found, amount, { id: channel.channel_id, name: keyNameOf(channel) })
    return { label: `Go on by ${amountText(found.kind, amount)}`, path }
  })

  await app.register(async (forms) => {
    readForms(forms)
    forms.get<{ Params: { token: string } }>('/b/:token', linkedPageRoute, async ({ params }, reply) => {
      const link = links.read(params.token)
      return sendPage(reply, link === undefined ? over(LINK_ENDED) : await pageOf(link.claims.budget_id!, Number(link.claims.amount)))
    })
    forms.post<{ Params: { token: string }; Body: unknown }>('/b/:token', linkedPageRoute, async (request, reply) => {
      const link = links.read(request.params.token)
      if (link === undefined) return sendPage(reply, over(LINK_ENDED))
      const { budget_id = '', key_id = '', key_name = '', amount = '', period, count } = link.claims
      const audit = () => ({
        ...auditEntry(request, 'budget.raised', { budget_id, amount: Number(amount), via: 'link' }),
        key_id,
        key_name,
      })
      try {
        await budgets.raise(
          budget_id,
          { amount: Number(amount), by: key_name, via: 'link' },
          { now: clock.now(), audit, expected: { period: Number(period), count: Number(count) } },
        )
      } catch (error) {
        if (!(error instanceof HubError)) throw error
        return sendPage(reply, over(`${error.message}.`))
      }
      links.take(request.params.token)
      publish(budget_id, 'raised')
      return sendPage(reply, donePage('Raised', 'The line is raised. Held sessions can go on: type "go on" in their terminals.'))
    })
  })

  async function pageOf(id: string, amount: number): Promise<LinkedPage> {
    const found = await store.budgets.find(id)
    return found === undefined ? over('There is no such budget any more.') : linkPage(await show(found), amount)
  }
}

/** A link of a message raises the line by a quarter of the budget. */
function amountOfLink({ amount_usd, percent = 100 }: BudgetRecord): number {
  return Math.max(0.01, Math.round((amount_usd ?? percent) * 25) / 100)
}

function withChange(record: BudgetRecord, { amount_usd, percent, ...change }: ChangeBudget): BudgetRecord {
  const isPlan = isPlanKind(record.kind)
  if ((isPlan ? amount_usd : percent) !== undefined) {
    throw new HubError(
      'validation_error',
      isPlan ? 'The window of a plan has percent, and no amount_usd' : 'It has amount_usd, and no percent',
    )
  }
  const given = Object.fromEntries(Object.entries({ amount_usd, percent, ...change }).filter(([, value]) => value !== undefined))
  return withoutNulls<BudgetRecord>({ ...record, ...given })
}

function withoutNulls<T>(record: object): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined)) as T
}
