import { Suspense } from 'react'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { t } from '../words/settings.ts'
import { AboutPanel } from './about-panel.tsx'
import { AccountPanel } from './account-panel.tsx'
import { AccountsPanel } from './accounts-panel.tsx'
import { AppearancePanel } from './appearance-panel.tsx'
import { AuditPanel } from './audit-panel.tsx'
import { KeysPanel } from './keys-panel.tsx'
import { ShortcutsPanel } from './shortcuts-panel.tsx'
import { SignInsPanel } from './sign-ins-panel.tsx'
import './settings.css'

// Most people come for a key or the theme.
const ChannelsPanel = lazyPart(() => import('../alerts/channels/channels-panel.tsx').then((file) => ({ default: file.ChannelsPanel })))
const RulesPanel = lazyPart(() => import('../alerts/rules/rules-panel.tsx').then((file) => ({ default: file.RulesPanel })))
const DataPanel = lazyPart(() => import('./data-panel.tsx').then((file) => ({ default: file.DataPanel })))
const CollectorsPanel = lazyPart(() => import('./collectors-panel.tsx').then((file) => ({ default: file.CollectorsPanel })))
const PricesPanel = lazyPart(() => import('./prices-panel.tsx').then((file) => ({ default: file.PricesPanel })))
const BudgetsPanel = lazyPart(() => import('../budgets/budgets-panel.tsx').then((file) => ({ default: file.BudgetsPanel })))

/** API keys, alerts, budgets, account, appearance, prices, keyboard shortcuts, data and version. */
export function Settings() {
  const who = useWhoAmI()
  const scopes = who.data?.scopes ?? []
  const may = { mayChange: scopes.includes('admin'), maySnooze: scopes.includes('write') }
  return (
    <div className="screen settings">
      <ScreenTitle name={t.settings} />
      <header className="screen-head">
        <h1>{t.settings}</h1>
      </header>
      <div className="settings-board dims">
        {who.data !== undefined && (
          <Suspense fallback={null}>
            <div id="channels">
              <ChannelsPanel {...may} />
            </div>
            <div id="rules">
              <RulesPanel {...may} />
            </div>
          </Suspense>
        )}
        {scopes.includes('admin') && <KeysPanel signedIn={who.data?.bypass === false} />}
        {who.data !== undefined && scopes.includes('read') && (
          <Suspense fallback={null}>
            <BudgetsPanel mayChange={scopes.includes('admin')} mayGoOn={scopes.includes('answer') && !who.data.bypass} />
          </Suspense>
        )}
        {who.data?.bypass === false && <SignInsPanel />}
        {scopes.includes('admin') && <AuditPanel />}
        <Suspense fallback={null}>
          <CollectorsPanel />
          <PricesPanel />
        </Suspense>
        <div className="settings-side">
          {who.data !== undefined && <AccountPanel who={who.data} />}
          <AccountsPanel mayName={may.maySnooze} />
          <AppearancePanel />
          <ShortcutsPanel />
          {scopes.includes('admin') && (
            <Suspense fallback={null}>
              <DataPanel />
            </Suspense>
          )}
          <AboutPanel />
        </div>
      </div>
    </div>
  )
}
