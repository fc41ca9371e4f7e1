import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from './button.tsx'
import './dialog.css'

interface DialogProps {
  readonly onClose: () => void
  readonly title: string
  readonly children: ReactNode
}

/**
 * A window over the page that keeps the focus until it is closed; mounted is open.
 * The browser's own: the page behind it is out of reach for pointer, keyboard and screen reader without a line of ours.
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
      // Taken out of the page, the browser does not give the focus back by itself.
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
        <Button look="bare" onClick={onClose} aria-label="Close">
          Esc
        </Button>
      </header>
      {children}
    </dialog>
  )
}
