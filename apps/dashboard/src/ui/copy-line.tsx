import { useEffect, useState } from 'react'
import { t } from '../words/ui.ts'
import { Button } from './button.tsx'
import './copy-line.css'

/** A line with a copy button: a command or a key. */
export function CopyLine({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <div className="copy-line">
      <code>{text}</code>
      <Button variant="bare" onClick={() => copy(text).then(setCopied)} aria-label={t.copy(label)}>
        {copied ? t.copied : t.copyLabel}
      </Button>
      <span className="visually-hidden" role="status">
        {copied ? t.copied : ''}
      </span>
    </div>
  )
}

/** Falls back to a selection: browsers offer the clipboard only over https and on localhost. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'visually-hidden'
    const focused = document.activeElement
    document.body.append(area)
    area.select()
    const copied = document.execCommand('copy')
    area.remove()
    if (focused instanceof HTMLElement) focused.focus()
    return copied
  }
}
