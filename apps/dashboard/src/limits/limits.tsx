import type { Account } from '@signalbox/contract/account'
import { useAccounts, useCardAccounts } from '../hub/accounts.ts'
import { accountLabel } from '../hub/limit-row.ts'
import { useNavigate, useSearch } from '../router/use-router.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { t } from '../words/limit-history.ts'
import { ForecastPanel } from './forecast-panel.tsx'
import { HistoryPanel } from './history-panel.tsx'
import type { LimitSearch } from './limit-search.ts'
import { LimitsCards } from './limits-cards.tsx'
import { VersionsPanel } from './versions-panel.tsx'
import { WhoPanel } from './who-panel.tsx'

/** The current usage of the limits of each plan, and its history. */
export function Limits() {
  const { range = '7d', account } = useSearch({ from: '/limits' })
  const navigate = useNavigate({ from: '/limits' })
  const cards = useCardAccounts()
  const { data: accounts = [] } = useAccounts()
  // The list may not have loaded yet; an account that a link names is shown even if it is a former one.
  const shown = account ?? cards[0]?.account
  const open = (next: LimitSearch) => {
    const { range: nextRange = range, account: nextAccount = account } = next
    void navigate({
      search: { ...(nextRange === '7d' ? {} : { range: nextRange }), ...(nextAccount === undefined ? {} : { account: nextAccount }) },
      replace: true,
    })
  }
  const options = accounts.flatMap(({ account, name, inUse }) =>
    account === undefined || (!inUse && account !== shown) ? [] : [{ value: account, label: accountLabel({ account, accountName: name }) }],
  )
  return (
    <div className="screen">
      <ScreenTitle name={t.limits} />
      <header className="screen-head">
        <h1>{t.limits}</h1>
      </header>
      <div className="dims limits-accounts">
        <LimitsCards />
      </div>
      <div className="dims limits-history">
        {options.length > 1 && shown !== undefined && (
          <Segmented label={t.account} value={shown} options={options} onChange={(next) => open({ account: next })} />
        )}
        <ForecastPanel account={shown} />
        <WhoPanel key={`who ${shown}`} account={shown} person={cards.length > 1 ? personOf(accounts, shown) : undefined} />
        <HistoryPanel key={shown} range={range} account={shown} onRange={(next) => open({ range: next })} />
        <VersionsPanel key={`versions ${shown}`} account={shown} />
      </div>
    </div>
  )
}

/** What reports call those who have an account: by its name, else its id. */
function personOf(accounts: readonly Account[], account: string | undefined): string | undefined {
  return accounts.find((one) => one.account === account)?.name ?? account
}
