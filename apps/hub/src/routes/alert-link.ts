import { acknowledged, snoozed } from '../alert/alert-action.ts'
import { instantOf } from '../clock.ts'
import { addressOf } from '../http/audit.ts'
import { confirmPage } from '../http/confirm-page.ts'
import { readForms } from '../http/form-body.ts'
import { donePage, LINK_ENDED, type LinkedPage, linkedPageRoute, overPage, sendPage } from '../http/linked-page.ts'
import type { OneUseLink } from '../http/one-use-link.ts'
import { requireOwnOrigin } from '../http/same-origin.ts'
import type { RouteContext } from '../route-context.ts'
import type { AlertRecord } from '../store/alert.ts'
import { changeAlert } from './alert.ts'

/** Links of one alert that are remembered as used. */
const MAX_USED_LINKS = 20
const HOUR_MS = 3_600_000
const BY_LINK = 'a link of a message'

const actions = [
  { value: 'acknowledge', label: 'Acknowledge' },
  { value: 'snooze_1h', label: 'Snooze for 1 hour' },
  { value: 'snooze_8h', label: 'Snooze for 8 hours' },
] as const

/** Links in messages that acknowledge or snooze the alert they are of. */
export async function alertLink({ app, store, clock, alerts }: RouteContext): Promise<void> {
  await app.register(async (forms) => {
    readForms(forms)
    forms.get<{ Params: { token: string } }>('/a/:token', linkedPageRoute, async ({ params }, reply) => {
      const found = await open(params.token)
      if ('html' in found) return sendPage(reply, found)
      const { summary } = found.alert
      return sendPage(reply, { html: confirmPage({ title: 'Alert', lines: [summary], actions }), status: 200 })
    })
    forms.post<{ Params: { token: string }; Body: unknown }>('/a/:token', linkedPageRoute, async (request, reply) => {
      requireOwnOrigin(request, { mayBeAbsent: true })
      const found = await open(request.params.token)
      if ('html' in found) return sendPage(reply, found)
      const { alert, link } = found
      const now = clock.now()
      const hours = hoursOf(request.body)
      const by = { at: now, by: BY_LINK }
      await changeAlert(store.alerts, alert.alert_id, now, {
        step: (current, rule) => {
          if (current.used_links?.includes(link.id)) return undefined
          const used = { ...current, used_links: [...(current.used_links ?? []), link.id].slice(-MAX_USED_LINKS) }
          if (hours > 0) return snoozed(used, rule, by, now + hours * HOUR_MS, false)
          return acknowledged(used, rule, by, undefined) ?? { alert: { ...used, revision: current.revision + 1 }, events: [] }
        },
        audit: ({ alert_id, rule_id, kind, subject }) => ({
          action: hours === 0 ? 'alert.acknowledged' : 'alert.snoozed',
          address: addressOf(request),
          key_name: BY_LINK,
          details: { alert_id, rule_id, kind, subject, ...(hours === 0 ? {} : { until: instantOf(now + hours * HOUR_MS) }) },
        }),
      })
      alerts.links.take(request.params.token)
      alerts.worker.wake()
      return sendPage(reply, hours > 0 ? donePage('Snoozed', `Snoozed for ${hours === 1 ? '1 hour' : `${hours} hours`}.`) : done)
    })
  })

  /** @returns a page that says why the link is of no use */
  async function open(token: string): Promise<{ readonly alert: AlertRecord; readonly link: OneUseLink } | LinkedPage> {
    const link = alerts.links.read(token)
    if (link === undefined) return over(LINK_ENDED)
    const alert = await store.alerts.find(link.claims.alert_id ?? '')
    if (alert === undefined || alert.state === 'closed') return over('This alert is over.')
    return alert.used_links?.includes(link.id) ? over(LINK_ENDED) : { alert, link }
  }
}

const over = (line: string) => overPage('Nothing to do', line)
const done = donePage('Acknowledged', 'Acknowledged. Nothing more is sent of this alert until it closes.')

/** Without a form, as a browser's notification sends it, it acknowledges. */
function hoursOf(body: unknown): number {
  const { action } = (typeof body === 'object' && body !== null ? body : {}) as { action?: string }
  return action === 'snooze_1h' ? 1 : action === 'snooze_8h' ? 8 : 0
}
