import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { screens } from './screens.ts'
import { useShortcutSetting } from './shortcut-setting.ts'

/** The second letter of `g u` may follow so late, in milliseconds. */
const TOGETHER = 1_200

interface Shortcuts {
  readonly enabled: boolean
  readonly onList: () => void
}

/** `/` finds, `g` and a letter goes, `?` lists them all. */
export function useShortcuts({ enabled, onList }: Shortcuts): void {
  const navigate = useNavigate()
  const on = useShortcutSetting()
  const list = useEffectEvent(onList)
  const go = useEffectEvent((letter: string) => {
    const screen = screens.find((candidate) => candidate.letter === letter)
    if (screen !== undefined) void navigate({ to: screen.to })
    return screen !== undefined
  })
  const find = useEffectEvent(() => {
    const field = document.querySelector<HTMLInputElement>('[data-find]')
    if (field !== null) field.focus()
    else void navigate({ to: '/usage', hash: 'find' })
  })

  useEffect(() => {
    if (!enabled || !on) return
    let pressedG = Number.NEGATIVE_INFINITY
    function pressed(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const afterG = event.timeStamp - pressedG < TOGETHER
      pressedG = Number.NEGATIVE_INFINITY
      if (afterG && go(event.key)) event.preventDefault()
      else if (event.key === 'g') pressedG = event.timeStamp
      else if (event.key === '?') list()
      else if (event.key === '/') {
        event.preventDefault()
        find()
      }
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [enabled, on])
}

/** A letter that somebody types into something, or while a window is open, is no shortcut. */
function isTyping(target: EventTarget | null): boolean {
  return (
    document.querySelector('dialog[open], [role="dialog"], [role="menu"]') !== null ||
    (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)))
  )
}
