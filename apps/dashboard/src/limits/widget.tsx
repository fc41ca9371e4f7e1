import { type ComponentType, Suspense } from 'react'
import { isUnauthorized } from '../hub/query-client.ts'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Login } from '../shell/login.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { t } from '../words/limit-history.ts'
import { LimitsCards } from './limits-cards.tsx'
import { readWidgetSearch, type WidgetCard } from './widget-search.ts'
import './widget.css'

/** Cards besides that of the limits; each is loaded by those who ask for it. */
const cards: Record<Exclude<WidgetCard, 'limits'>, ComponentType> = {
  today: lazyPart(() => import('../wall/card-today.tsx').then(({ TodayCard }) => ({ default: TodayCard }))),
  month: lazyPart(() => import('../wall/card-month.tsx').then(({ MonthCard }) => ({ default: MonthCard }))),
  models: lazyPart(() => import('../wall/card-models.tsx').then(({ ModelsCard }) => ({ default: ModelsCard }))),
  sessions: lazyPart(() => import('../wall/card-sessions.tsx').then(({ SessionsCard }) => ({ default: SessionsCard }))),
  attention: lazyPart(() => import('../wall/card-attention.tsx').then(({ AttentionCard }) => ({ default: AttentionCard }))),
}

/**
 * Cards alone, for embedding, a phone or a wall display: that of the limits, or with `?cards=` several in the order given; with
 * `?account=` the limits of one account.
 */
export function Widget() {
  const who = useWhoAmI()
  if (isUnauthorized(who.error)) return <Login />
  const { chosen, account } = readWidgetSearch(location.search)
  return (
    <main className="widget">
      <title>{chosen.length === 1 && chosen[0] === 'limits' ? t.claudePlanSignalbox : t.signalbox}</title>
      <h1 className="visually-hidden">{chosen.length === 1 && chosen[0] === 'limits' ? t.claudePlanLimits : t.signalbox}</h1>
      <Suspense>
        {chosen.map((name) => {
          if (name === 'limits') return <LimitsCards key={name} only={account} />
          const Card = cards[name]
          return <Card key={name} />
        })}
      </Suspense>
    </main>
  )
}
