import { t } from '../words/ui.ts'
import { Button } from './button.tsx'
import './problem-note.css'

interface ProblemNoteProps {
  readonly message: string
  readonly suggestion?: string | undefined
  readonly requestId?: string | undefined
  readonly onRetry?: (() => void) | undefined
  /** Only a reload of the page helps. */
  readonly reloads?: boolean
}

const reload = () => location.reload()

/** An error with its suggested fix and its request id. */
export function ProblemNote({ message, suggestion, requestId, reloads = false, onRetry = reloads ? reload : undefined }: ProblemNoteProps) {
  return (
    <div className="problem-note" role="alert">
      <div className="problem-note-text">
        <p>
          <strong>{message}</strong>
        </p>
        {suggestion !== undefined && <p className="breakable">{suggestion}</p>}
        {requestId !== undefined && <p className="small">{t.requestId(<code className="breakable">{requestId}</code>)}</p>}
      </div>
      {onRetry !== undefined && <Button onClick={onRetry}>{reloads ? t.reload : t.tryAgain}</Button>}
    </div>
  )
}
