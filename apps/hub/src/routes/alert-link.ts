import { alertRoutes } from '@signalbox/contract/alert'
import { printable } from '@signalbox/contract/printable'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acknowledged, snoozed } from '../alert/alert-action.ts'
import { type AlertLink, readLink } from '../alert/link.ts'
import { instantOf } from '../clock.ts'
import { addressOf } from '../http/audit.ts'
import { type Sent, sent, serve } from '../http/route.ts'
import { requireOwnOrigin } from '../http/same-origin.ts'
import type { RouteContext } from '../route-context.ts'
import type { AlertRecord } from '../store/alert.ts'
import { changeAlert } from './alert.ts'

/** Links of one alert that are remembered as used. */
const MAX_USED_LINKS = 20
const HOUR_MS = 3_600_000
/** The page has no script and no style of its own place: it is read by mail programs' browsers too. */
const POLICY = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

export function alertLink({ app, store, clock, alerts }: RouteContext): void {
  // The log would have the token.
  const options = { quiet: true, unchecked: true } as const

  serve(
    app,
    alertRoutes.link,
    async ({ params, reply }): Promise<Sent> => {
      const found = await open(params.token)
      if (typeof found === 'string') return answer(reply, 410, found)
      const { alert } = found
      const forms = [
        form('acknowledge', 'Acknowledge'),
        form('snooze_1h', 'Snooze for 1 hour'),
        form('snooze_8h', 'Snooze for 8 hours'),
      ].join('\n')
      return answer(reply, 200, alert.summary, forms)
    },
    options,
  )

  serve(
    app,
    alertRoutes.useLink,
    async ({ params, query, request, reply }): Promise<Sent> => {
      requireOwnOrigin(request, { mayBeAbsent: true })
      const found = await open(params.token)
      if (typeof found === 'string') return answer(reply, 410, found)
      const { alert, link } = found
      const now = clock.now()
      const hours = query.action === 'snooze_1h' ? 1 : query.action === 'snooze_8h' ? 8 : 0
      const by = { at: now, by: 'a link of a message' }
      await changeAlert(store.alerts, alert.alert_id, now, {
        step: (current, rule) => {
          const used = { ...current, used_links: [...(current.used_links ?? []), link.used_key].slice(-MAX_USED_LINKS) }
          if (hours > 0) return snoozed(used, rule, by, now + hours * HOUR_MS, false)
          return acknowledged(used, rule, by, undefined) ?? { alert: { ...used, revision: current.revision + 1 }, events: [] }
        },
        audit: ({ alert_id, rule_id, kind, subject }) => linkEntry(request, hours, { alert_id, rule_id, kind, subject }, now),
      })
      alerts.worker.wake()
      return answer(reply, 200, hours > 0 ? `Snoozed for ${hours === 1 ? '1 hour' : `${hours} hours`}.` : 'Acknowledged.')
    },
    options,
  )

  /** @returns why the link is of no use */
  async function open(token: string): Promise<{ alert: AlertRecord; link: AlertLink } | string> {
    const link = readLink(alerts.sealer, token)
    if (link === undefined || link.expires_at <= clock.now()) return 'This link is not valid any more.'
    const alert = await store.alerts.find(link.alert_id)
    if (alert === undefined || alert.state === 'closed') return 'This alert is over.'
    if (alert.used_links?.includes(link.used_key)) return 'This link was used already.'
    return { alert, link }
  }
}

function linkEntry(request: FastifyRequest, hours: number, details: Record<string, unknown>, now: number) {
  const address = addressOf(request)
  if (hours === 0) return { action: 'alert.acknowledged' as const, address, key_name: 'a link of a message', details }
  const until = instantOf(now + hours * HOUR_MS)
  return { action: 'alert.snoozed' as const, address, key_name: 'a link of a message', details: { ...details, until } }
}

/** Without a body: its type is that of any form. */
function form(action: string, label: string): string {
  return `<form method="post" action="?action=${action}"><p><button>${label}</button></p></form>`
}

function answer(reply: FastifyReply, status: number, text: string, more = ''): Sent {
  const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>Signalbox</title></head>
<body><h1>Signalbox</h1><p>${escapeHtml(printable(text))}</p>
${more}</body>
</html>
`
  void reply.code(status).header('content-security-policy', POLICY).type('text/html; charset=utf-8').serializer(String).send(page)
  return sent
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}
