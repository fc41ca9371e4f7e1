import { type ReactNode, Suspense } from 'react'
import { useWhoAmI } from '../hub/who-am-i.ts'
import { Link } from '../router/link.tsx'
import { usePlace, useSearch } from '../router/use-router.ts'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { t } from '../words/settings.ts'
import { AboutPanel } from './about-panel.tsx'
import { AccountPanel } from './account-panel.tsx'
import { AccountsPanel } from './accounts-panel.tsx'
import { AppearancePanel } from './appearance-panel.tsx'
import { AuditPanel } from './audit-panel.tsx'
import { KeysPanel } from './keys-panel.tsx'
import { type SettingsPanel, type SettingsSection, sectionOf, settingsSections } from './settings-section.ts'
import { ShortcutsPanel } from './shortcuts-panel.tsx'
import { SignInsPanel } from './sign-ins-panel.tsx'
import '../ui/segmented.css'
import './settings.css'

// Most people come for a key or the theme.
const ChannelsPanel = lazyPart(() => import('../alerts/channels/channels-panel.tsx').then((file) => ({ default: file.ChannelsPanel })))
const RulesPanel = lazyPart(() => import('../alerts/rules/rules-panel.tsx').then((file) => ({ default: file.RulesPanel })))
const DataPanel = lazyPart(() => import('./data-panel.tsx').then((file) => ({ default: file.DataPanel })))
const CollectorsPanel = lazyPart(() => import('./collectors-panel.tsx').then((file) => ({ default: file.CollectorsPanel })))
const PricesPanel = lazyPart(() => import('./prices-panel.tsx').then((file) => ({ default: file.PricesPanel })))
const BudgetsPanel = lazyPart(() => import('../budgets/budgets-panel.tsx').then((file) => ({ default: file.BudgetsPanel })))

/** Account, appearance and version; alerts, API keys, budgets and prices, collectors and data: a section each. */
export function Settings() {
  const who = useWhoAmI().data
  const { hash } = usePlace()
  const asked = sectionOf(hash, useSearch({ from: '/settings' }))
  const isAdmin = who?.scopes.includes('admin') ?? false
  const closed: readonly SettingsSection[] = [
    ...(isAdmin || who?.bypass === false ? [] : (['access'] as const)),
    ...(isAdmin ? [] : (['data'] as const)),
  ]
  const section = who !== undefined && closed.includes(asked) ? 'general' : asked
  return (
    <div className="screen settings">
      <ScreenTitle name={t.settings} />
      <header className="screen-head">
        <h1>{t.settings}</h1>
        <nav className="segmented" aria-label={t.sections}>
          {settingsSections
            .filter((name) => !closed.includes(name))
            .map((name) => (
              <Link
                key={name}
                to="/settings"
                search={name === 'general' ? {} : { section: name }}
                className="segmented-item settings-tab"
                aria-current={name === section ? 'page' : undefined}
                data-state={name === section ? 'on' : undefined}
              >
                {t.sectionNames[name]}
              </Link>
            ))}
        </nav>
      </header>
      <div className="settings-board dims" data-section={section}>
        <Suspense fallback={null}>
          <Section name={section} isAdmin={isAdmin} />
        </Suspense>
      </div>
    </div>
  )
}

function Section({ name, isAdmin }: { readonly name: SettingsSection; readonly isAdmin: boolean }) {
  const who = useWhoAmI().data
  const scopes = who?.scopes ?? []
  const maySnooze = scopes.includes('write')
  switch (name) {
    case 'general':
      return (
        <>
          {who !== undefined && (
            <Part name="account">
              <AccountPanel who={who} />
            </Part>
          )}
          <Part name="appearance">
            <AppearancePanel />
          </Part>
          <Part name="shortcuts">
            <ShortcutsPanel />
          </Part>
          <Part name="about">
            <AboutPanel />
          </Part>
        </>
      )
    case 'alerts':
      return who === undefined ? null : (
        <>
          <Part name="channels">
            <ChannelsPanel mayChange={isAdmin} maySnooze={maySnooze} />
          </Part>
          <Part name="rules">
            <RulesPanel mayChange={isAdmin} maySnooze={maySnooze} />
          </Part>
        </>
      )
    case 'access':
      return (
        <>
          {isAdmin && (
            <Part name="keys">
              <KeysPanel signedIn={who?.bypass === false} />
            </Part>
          )}
          {who?.bypass === false && (
            <Part name="sign-ins">
              <SignInsPanel />
            </Part>
          )}
          {isAdmin && (
            <Part name="audit">
              <AuditPanel />
            </Part>
          )}
        </>
      )
    case 'costs':
      return (
        <>
          {who !== undefined && scopes.includes('read') && (
            <Part name="budgets">
              <BudgetsPanel mayChange={isAdmin} mayGoOn={scopes.includes('answer') && !who.bypass} />
            </Part>
          )}
          <Part name="prices">
            <PricesPanel />
          </Part>
        </>
      )
    case 'machines':
      return (
        <>
          <Part name="collectors">
            <CollectorsPanel />
          </Part>
          <Part name="accounts">
            <AccountsPanel mayName={maySnooze} />
          </Part>
        </>
      )
    case 'data':
      return isAdmin ? (
        <Part name="data">
          <DataPanel />
        </Part>
      ) : null
  }
}

/** A panel that links can name. */
function Part({ name, children }: { readonly name: SettingsPanel; readonly children: ReactNode }) {
  return (
    <div id={name} className="settings-part">
      {children}
    </div>
  )
}
