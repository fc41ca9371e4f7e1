import type { Problem } from '../../hub/answer.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { t } from '../../words/session-actions.ts'
import './action-notice.css'

/** Refusals that are listed; more are counted. */
const MAX_REFUSALS = 4

export interface Notice {
  /** What was done; empty where nothing was. */
  readonly text: string
  readonly refused: readonly { readonly name: string; readonly problem: Problem }[]
  readonly undo?: () => void
}

/** What an action has done and what it could not, until the next one. */
export function ActionNotice({ notice, onClose }: { readonly notice: Notice | undefined; readonly onClose: () => void }) {
  return (
    <div className="action-notice" role="status" data-shown={notice !== undefined || undefined}>
      {notice !== undefined && (
        <>
          <div className="action-notice-text">
            {notice.text !== '' && <p className="breakable">{notice.text}</p>}
            {notice.refused.length > 0 && <Refusals refused={notice.refused} />}
          </div>
          {notice.undo !== undefined && <Button onClick={notice.undo}>{t.undo}</Button>}
          <Button variant="bare" onClick={onClose} aria-label={t.closeNotice}>
            <Icon name="close" size={16} />
          </Button>
        </>
      )}
    </div>
  )
}

function Refusals({ refused }: Pick<Notice, 'refused'>) {
  return (
    <>
      {refused.length > 1 && <p>{t.sessionsCouldNotBe(refused.length)}</p>}
      <ul>
        {refused.slice(0, MAX_REFUSALS).map(({ name, problem }) => (
          <li key={`${name} ${problem.message}`} className="breakable">
            <b>{name}</b>: {problem.message}
            {problem.suggestion !== undefined && <span className="muted"> {problem.suggestion}</span>}
          </li>
        ))}
        {refused.length > MAX_REFUSALS && <li className="muted">{t.andMore(refused.length - MAX_REFUSALS)}</li>}
      </ul>
    </>
  )
}
