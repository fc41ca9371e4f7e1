import { useEffect, useState } from 'react'
import { Button } from './button.tsx'
import './copy-line.css'

/** A line to take away: a command, a key. */
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
      <Button look="bare" onClick={() => copy(text).then(setCopied)} aria-label={`Copy ${label}`}>
        {copied ? 'Copied' : 'Copy'}
      </Button>
      <span className="unseen" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </div>
  )
}

/** The clipboard is only there over https and on this machine; elsewhere the old way, through a selection. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'unseen'
    const focused = document.activeElement
    document.body.append(area)
    area.select()
    const copied = document.execCommand('copy')
    area.remove()
    if (focused instanceof HTMLElement) focused.focus()
    return copied
  }
}
