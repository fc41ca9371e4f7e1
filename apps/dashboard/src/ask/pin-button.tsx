import { Button } from '../ui/button.tsx'
import { t } from '../words/ask.ts'
import { isSamePin, MAX_PINS, type Pin, setPins, usePins } from './pins.ts'

/** Keeps a card on Today, or no longer. */
export function PinButton({ pin }: { readonly pin: Pin }) {
  const pins = usePins()
  const isPinned = pins.some((one) => isSamePin(one, pin))
  if (!isPinned && pins.length >= MAX_PINS) return <p className="small muted">{t.pinsAreFull(MAX_PINS)}</p>
  return (
    <Button
      variant="bare"
      aria-pressed={isPinned}
      onClick={() => setPins(isPinned ? pins.filter((one) => !isSamePin(one, pin)) : [...pins, pin])}
    >
      {isPinned ? t.pinned : t.pinToToday}
    </Button>
  )
}
