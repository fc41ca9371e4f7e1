import { type ReactNode, useEffect, useId, useRef } from 'react'
import { t } from '../words/ui.ts'
import { Button } from './button.tsx'
import './dialog.css'

interface DialogProps {
  readonly onClose: () => void
  readonly title: string
  readonly children: ReactNode
}

/**
 * A modal dialog, open while mounted. The native element makes the page behind it inert for pointer, keyboard and
 * screen reader.
 */
export function Dialog({ onClose, title, children }: DialogProps) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      // The browser does not restore the focus when the element is removed.
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      className="dialog"
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <header className="dialog-head">
        <h2 className="dialog-title" id={id}>
          {title}
        </h2>
        <Button variant="bare" onClick={onClose} aria-label={t.close}>
          {t.esc}
        </Button>
      </header>
      {children}
    </dialog>
  )
}
