import { useWhoAmI } from '../hub/who-am-i.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { AccountPanel } from './account-panel.tsx'
import { AccountsPanel } from './accounts-panel.tsx'
import { AppearancePanel } from './appearance-panel.tsx'
import { AuditPanel } from './audit-panel.tsx'
import { KeysPanel } from './keys-panel.tsx'
import { PricesPanel } from './prices-panel.tsx'
import { SignInsPanel } from './sign-ins-panel.tsx'
import './settings.css'

/** API keys, account, appearance and prices. */
export function Settings() {
  const who = useWhoAmI()
  return (
    <div className="screen settings">
      <ScreenTitle name="Settings" />
      <header className="screen-head">
        <h1>Settings</h1>
      </header>
      <div className="settings-board dims">
        {who.data?.scopes.includes('admin') && <KeysPanel signedIn={!who.data.bypass} />}
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
