import { lazy, Suspense } from 'react'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { AccountPanel } from './account-panel.tsx'
import { AccountsPanel } from './accounts-panel.tsx'
import { AppearancePanel } from './appearance-panel.tsx'
import { AuditPanel } from './audit-panel.tsx'
import { KeysPanel } from './keys-panel.tsx'
import { PricesPanel } from './prices-panel.tsx'
import { SignInsPanel } from './sign-ins-panel.tsx'
import './settings.css'

const BudgetsPanel = lazy(() => import('../budgets/budgets-panel.tsx').then((file) => ({ default: file.BudgetsPanel })))

/** API keys, account, appearance and prices. */
export function Settings() {
  const who = useWhoAmI()
  return (
    <div className="screen settings">
      <title>Settings · Signalbox</title>
      <header className="screen-head">
        <h1>Settings</h1>
      </header>
      <div className="settings-board dims">
        {who.data?.scopes.includes('admin') && <KeysPanel signedIn={!who.data.bypass} />}
        {who.data?.scopes.includes('read') && (
          <Suspense fallback={null}>
            <BudgetsPanel mayChange={who.data.scopes.includes('admin')} mayGoOn={who.data.scopes.includes('answer') && !who.data.bypass} />
          </Suspense>
        )}
        {who.data?.bypass === false && <SignInsPanel />}
        {who.data?.scopes.includes('admin') && <AuditPanel />}
        <div className="settings-side">
          {who.data !== undefined && <AccountPanel who={who.data} />}
          <AccountsPanel mayName={who.data?.scopes.includes('write') ?? false} />
          <AppearancePanel />
          <PricesPanel />
        </div>
      </div>
    </div>
  )
}
