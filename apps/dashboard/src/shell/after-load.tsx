import { useEffect } from 'react'
import { noteVisits } from '../ask/last-visit.ts'
import { useAlertSummary } from '../hub/alert-summary.ts'
import { useOpenAlerts } from '../hub/alerts.ts'
import { useQuestions } from '../hub/questions.ts'
import { useBoard } from '../sessions/use-board.ts'
import { countWaiting } from './count-waiting.ts'
import { badgeIcon } from './favicon.ts'
import { keepShell } from './keep-shell.ts'
import { setWaitingCount } from './waiting-count.ts'

/** What every screen has and none needs to begin with: the count of what waits, and the files for a start without the hub. */
export function AfterLoad() {
  const { sessions = [] } = useBoard()
  const questions = useQuestions() ?? []
  const open = useAlertSummary().data?.open
  const alertCount = open === undefined ? 0 : open.info + open.warning + open.critical
  const { data: alerts = [] } = useOpenAlerts({ enabled: alertCount > 0 })
  const listed = alertCount === 0 ? [] : alerts
  const count = countWaiting({
    sessions,
    alerts: listed,
    alertCount: Math.max(alertCount, 0),
    questions: questions.filter(({ state }) => state === 'open'),
  })
  useEffect(() => {
    setWaitingCount(count)
    badgeIcon(count)
  }, [count])
  useEffect(keepShell, [])
  useEffect(noteVisits, [])
  return null
}
