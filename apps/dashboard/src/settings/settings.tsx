import { useWhoAmI } from '../hub/who-am-i.ts'
import { AppearancePanel } from './appearance-panel.tsx'
import { KeysPanel } from './keys-panel.tsx'
import { PricesPanel } from './prices-panel.tsx'
import { WhoPanel } from './who-panel.tsx'
import './settings.css'

/** Who may come in, what things cost, how it looks. */
export function Settings() {
  const who = useWhoAmI()
  return (
    <div className="screen settings">
      <title>Settings · Signalbox</title>
      <header className="screen-head">
        <h1>Settings</h1>
      </header>
      <div className="settings-board dims">
        {who.data?.scopes.includes('admin') && <KeysPanel first={who.data.bypass} />}
        <div className="settings-side">
          {who.data !== undefined && <WhoPanel who={who.data} />}
          <AppearancePanel />
          <PricesPanel />
        </div>
      </div>
    </div>
  )
}
