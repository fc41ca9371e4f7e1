import type { ComponentType } from 'react'
import type { ToolCall } from '../hub/answer.ts'
import { PricesPanel } from '../settings/prices-panel.tsx'
import { CurrentBlockPanel } from '../today/current-block-panel.tsx'
import { browserTimeZone } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import type { CardProps } from './card/card-props.ts'
import { EventsCard, HealthCard, MachinesCard, TasksCard } from './card/fleet-cards.tsx'
import { ForecastAnswer, HistoryAnswer, LimitsAnswer, RefreshAnswer } from './card/limits-card.tsx'
import { SessionCard, SessionsCard } from './card/session-cards.tsx'
import { UsageCard } from './card/usage-card.tsx'
import { WhyCard } from './card/why-card.tsx'

/** The card of each tool that reads. To add one, write it beside the others and name it here. */
const cards: Readonly<Record<string, ComponentType<CardProps>>> = {
  limits_now: LimitsAnswer,
  limits_forecast: ForecastAnswer,
  limits_history: HistoryAnswer,
  limits_refresh: RefreshAnswer,
  usage_report: UsageCard,
  usage_compare: WhyCard,
  block_now: BlockAnswer,
  sessions_list: SessionsCard,
  session_show: SessionCard,
  tasks_list: TasksCard,
  machines_list: MachinesCard,
  events_list: EventsCard,
  hub_health: HealthCard,
  price_show: PricesPanel,
}

/** The card that shows what a call asks for; undefined for a call that is no question to the hub. */
export function cardOf({ tool }: ToolCall): ComponentType<CardProps> | undefined {
  return cards[tool]
}

function BlockAnswer() {
  const zone = browserTimeZone()
  return <CurrentBlockPanel today={useToday(zone)} zone={zone} />
}
