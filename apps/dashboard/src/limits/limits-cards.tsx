import { useCardAccounts } from '../hub/accounts.ts'
import { LimitsCard, LimitsCardIfAvailable } from './limits-card.tsx'

interface LimitsCardsProps {
  /** The id of the one account to show; all in use without it. */
  readonly only?: string | undefined
  /** Shows nothing where there are no numbers. */
  readonly ifAvailable?: boolean
}

/** A card for each account in use. */
export function LimitsCards({ only, ifAvailable = false }: LimitsCardsProps) {
  const accounts = useCardAccounts()
  const shown = only === undefined ? accounts : [{ account: only, isLabelled: true }]
  const Card = ifAvailable ? LimitsCardIfAvailable : LimitsCard
  return shown.map(({ account, isLabelled }) => <Card key={account ?? ''} account={account} isLabelled={isLabelled} />)
}
