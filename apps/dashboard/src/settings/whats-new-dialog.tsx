import { parts } from 'virtual:whats-new'
import { Dialog } from '../ui/dialog.tsx'
import { t } from '../words/settings.ts'
import { inlineOf } from './inline-markdown.ts'
import './whats-new-dialog.css'

/** What this version has that the one before has not, as CHANGELOG.md says it. */
export function WhatsNewDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t.whatsNew} onClose={onClose}>
      <div className="whats-new" lang="en">
        {parts.map(({ title, items }) => (
          <section key={title}>
            <h3>{title}</h3>
            <ul>
              {items.map((item) => (
                <li key={item}>
                  {inlineOf(item).map(({ kind, text }, index) => {
                    const key = `${index} ${text}`
                    if (kind === 'code') return <code key={key}>{text}</code>
                    if (kind === 'strong') return <b key={key}>{text}</b>
                    return kind === 'emphasis' ? <em key={key}>{text}</em> : text
                  })}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="small muted">{t.changelogHasAll}</p>
    </Dialog>
  )
}
