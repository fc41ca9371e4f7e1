import { useEffect, useEffectEvent } from 'react'
import { useNavigate } from '../router/use-router.ts'
import { screens } from './screens.ts'
import { useShortcutSetting } from './shortcut-setting.ts'

/** Maximum time between the two keys of a sequence such as `g u`. */
const SEQUENCE_TIMEOUT_MS = 1_200

interface Shortcuts {
  readonly enabled: boolean
  readonly onList: () => void
  readonly onPalette: () => void
  readonly onAsk: () => void
}

/** Keyboard shortcuts: Ctrl or Cmd and K opens the palette, `/` searches, `a` asks, `g` and a letter opens a screen, `?` lists all shortcuts. */
export function useShortcuts({ enabled, onList, onPalette, onAsk }: Shortcuts): void {
  const navigate = useNavigate()
  const on = useShortcutSetting()
  const list = useEffectEvent(onList)
  const palette = useEffectEvent(onPalette)
  const ask = useEffectEvent(() => onAsk())
  const go = useEffectEvent((letter: string) => {
    const screen = screens.find((candidate) => candidate.letter === letter)
    if (screen !== undefined) void navigate({ to: screen.to })
    return screen !== undefined
  })
  const find = useEffectEvent(() => {
    const field = document.querySelector<HTMLInputElement>('[data-find]')
    if (field !== null) field.focus()
    else palette()
  })

  // With a modifier it interferes with nothing that is typed or spoken, so it works everywhere.
  useEffect(() => {
    if (!enabled) return
    function handleKey(event: KeyboardEvent): void {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      if (document.querySelector('dialog[open]') === null) palette()
    }
    document.addEventListener('keydown', handleKey)
    return () => document.removeEventListener('keydown', handleKey)
  }, [enabled])

  useEffect(() => {
    if (!enabled || !on) return
    let pressedG = Number.NEGATIVE_INFINITY
    function handleKey(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const afterG = event.timeStamp - pressedG < SEQUENCE_TIMEOUT_MS
      pressedG = Number.NEGATIVE_INFINITY
      if (afterG && go(event.key)) event.preventDefault()
      else if (event.key === 'g') pressedG = event.timeStamp
      else if (event.key === '?') list()
      else if (event.key === 'a') {
        // The letter is not to be typed into the field that opens.
        event.preventDefault()
        ask()
      } else if (event.key === '/') {
        event.preventDefault()
        find()
      }
    }
    document.addEventListener('keydown', handleKey)
    return () => document.removeEventListener('keydown', handleKey)
  }, [enabled, on])
}

/** Keys typed into a field, or while a dialog or menu is open, are no shortcuts. */
function isTyping(target: EventTarget | null): boolean {
  return (
    document.querySelector('dialog[open], [role="dialog"], [role="menu"]') !== null ||
    (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)))
  )
}
