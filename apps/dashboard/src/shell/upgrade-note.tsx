import { Suspense, useEffect, useState } from 'react'
import { useHubHealth } from '../hub/health.ts'
import { Button } from '../ui/button.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { stored } from '../ui/stored.ts'
import { t } from '../words/upgrade.ts'
import { upgradeOf } from './upgrade.ts'
import './upgrade-note.css'

const WhatsNewDialog = lazyPart(() => import('../settings/whats-new-dialog.tsx').then((file) => ({ default: file.WhatsNewDialog })))
const texts = {
  'page-older': t.pageIsOlder,
  'page-newer': t.pageIsNewer,
  upgraded: t.hubWasUpgraded,
  'rolled-back': t.hubWasRolledBack,
}
const STORAGE_KEY = 'signalbox.version'

/** Says that the hub was upgraded, while this page was open or since the last visit, and shows what is new. */
export function UpgradeNote() {
  const hub = useHubHealth().data?.version
  const [seen, setSeen] = useState(readSeen)
  const [isOpen, setOpen] = useState(false)
  const see = (version: string) => {
    writeSeen(version)
    setSeen(version)
  }
  useEffect(() => {
    if (hub !== undefined && seen === undefined) writeSeen(hub)
  }, [hub, seen])
  if (hub === undefined) return null
  const upgrade = upgradeOf({ hub, page: PAGE_VERSION, seen })
  if (upgrade === undefined) return null
  const isOfPage = upgrade.kind === 'page-older' || upgrade.kind === 'page-newer'
  return (
    <p className="upgrade-note" role="status">
      <span>{texts[upgrade.kind](upgrade)}</span>
      {isOfPage ? (
        <Button onClick={() => location.reload()}>{t.reload}</Button>
      ) : (
        <>
          <Button onClick={() => setOpen(true)}>{t.whatsNew}</Button>
          <Button onClick={() => see(hub)}>{t.dismiss}</Button>
        </>
      )}
      <Suspense fallback={null}>{isOpen && <WhatsNewDialog onClose={() => setOpen(false)} />}</Suspense>
    </p>
  )
}

/** Without storage nothing is known of the last visit, and nothing is said. */
const readSeen = () => stored.read(STORAGE_KEY)
const writeSeen = (version: string) => stored.write(STORAGE_KEY, version)
