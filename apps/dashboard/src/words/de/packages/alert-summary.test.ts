import { expect, it } from 'vitest'
import { alertSummary, type SummarizedAlert } from './alert-summary.ts'

const about = { session_id: '5f0c6f1e', machine_id: 'on in laptop', project_id: '/home/ada/in on shop' }
const german = (kind: SummarizedAlert['kind'], summary: string, of: SummarizedAlert['about'] = about) =>
  alertSummary({ kind, about: of, summary })

it.each<[SummarizedAlert['kind'], string, string]>([
  [
    'session_failed',
    'Session a in b in in on shop on on in laptop has failed: x in y on z',
    'Sitzung a in b in in on shop auf on in laptop ist fehlgeschlagen: x in y on z',
  ],
  ['session_stalled', 'Session 5f0c6f1e in in on shop on on in laptop is stalled', 'Sitzung 5f0c6f1e in in on shop auf on in laptop hängt'],
  [
    'session_waiting',
    'Session fix in in on shop on on in laptop is waiting for permission, for more than 10 min',
    'Sitzung fix in in on shop auf on in laptop wartet auf eine Erlaubnis, seit mehr als 10 min',
  ],
  ['session_idle', 'Session fix in in on shop on on in laptop is idle', 'Sitzung fix in in on shop auf on in laptop ist untätig'],
  ['task_failed', 'The task Write in in on shop has failed: no disk', 'Die Aufgabe Write in in on shop ist fehlgeschlagen: no disk'],
  ['limit_over', 'The 5-hour limit of Ada is used to 80% or more', 'Das 5-Stunden-Limit von Ada ist zu 80\u00a0% oder mehr verbraucht'],
  ['limit_over', 'The weekly limit · Fable is used up', 'Das Wochenlimit · Fable ist aufgebraucht'],
  [
    'budget',
    'The budget of 2026-12-01 for *api on rack-*, $38.00, is spent to 80% or more',
    'Das Budget vom 1. Dezember 2026 für *api auf rack-*, 38,00\u00a0$, ist zu 80\u00a0% oder mehr ausgegeben',
  ],
  [
    'budget',
    'The budget of 2026-12, $150.00, is spent to 100% or more',
    'Das Budget für Dezember 2026, 150,00\u00a0$, ist zu 100\u00a0% oder mehr ausgegeben',
  ],
  [
    'cost_anomaly',
    'An hour of usage cost $52.04; at this time of day $3.62 is usual',
    'Eine Stunde Verbrauch kostete 52,04\u00a0$; um diese Uhrzeit sind 3,62\u00a0$ üblich',
  ],
  [
    'snapshot_stale',
    'The plan limits of Ada have not been read for more than 2.5 days',
    'Die Plan-Limits von Ada wurden seit mehr als 2,5 Tagen nicht gelesen',
  ],
  ['no_free_slot', 'No slot has been free on rack-1 for more than 10 min', 'Seit mehr als 10 min kein Slot frei auf rack-1'],
])('%s: %s', (kind, english, expected) => expect(german(kind, english)).toBe(expected))

it('leaves a sentence that it does not know', () => {
  expect(german('session_stalled', 'Session fix has been lost')).toBe(undefined)
  expect(german('something_new' as never, 'Something new')).toBe(undefined)
})
