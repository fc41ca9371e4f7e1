import { type ReactNode, useEffect, useEffectEvent } from 'react'
import { type AskedForReading, type Limits, useAskForReading } from '../hub/limits.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { browserZone, moment } from '../ui/time-format.ts'

/** News that is over is read by then; who has not answered by then, will not; milliseconds. */
const READ = 8_000
const PATIENCE = 120_000

interface Refresh {
  readonly button: ReactNode
  /** What became of it. */
  readonly news: ReactNode
}

/** Asks the hub for what it has, and a collector for something newer. */
export function useRefresh(limits: Limits): Refresh {
  const asked = useAskForReading()
  const { asking, problem, news } = asked
  const over = problem !== undefined || news?.step === 'done' || news?.step === 'failed'
  const open = asked.asked !== undefined
  const forget = useEffectEvent(asked.forget)
  useEffect(() => {
    if (!over && !open) return
    const timer = setTimeout(() => forget(), over ? READ : PATIENCE)
    return () => clearTimeout(timer)
  }, [over, open])

  function press(): void {
    limits.refresh()
    if (!asking) asked.ask()
  }

  const words = wordsOf(asked)
  return {
    button: (
      <Button look="bare" className="limits-refresh" onClick={press} aria-busy={asking || limits.fetching} title="Ask for a new reading">
        <Icon name="refresh" size={16} /> Refresh
      </Button>
    ),
    // Always there: what appears together with its words is not heard.
    news: (
      <p className="small limits-news" role="status" data-bad={problem !== undefined || news?.step === 'failed' || undefined}>
        {words}
      </p>
    ),
  }
}

function wordsOf({ asked, news, problem }: AskedForReading): string {
  // That nobody answers is said above already.
  if (problem !== undefined) return problem.offline ? '' : readable([problem.message, problem.suggestion].filter(Boolean).join('. '))
  if (asked === undefined) return ''
  const who = asked.machine_id
  if (news?.step === 'picked_up') return `${who} is reading the limits`
  if (news?.step === 'done') return `New reading from ${who}`
  if (news?.step === 'failed') return `${who} got no reading${news.message === undefined ? '' : `: ${news.message}`}`
  return `Asked ${who} for a reading`
}

/** Instants as a person writes them. */
function readable(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => moment(Date.parse(instant), browserZone()))
}
