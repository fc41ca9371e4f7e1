import { sharedValue } from '../ui/shared-value.ts'
import { stored } from '../ui/stored.ts'

/** A question whose card stays on Today, in this browser. The call is kept, never an answer. */
export interface Pin {
  readonly question: string
  readonly tool: string
  readonly arguments: Readonly<Record<string, string | number | boolean>>
}

export const MAX_PINS = 6
const STORAGE_KEY = 'signalbox.pins'
const pins = sharedValue(readPins())

function readPins(): readonly Pin[] {
  try {
    const kept: unknown = JSON.parse(stored.read(STORAGE_KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isPin).slice(0, MAX_PINS) : []
  } catch {
    return []
  }
}

/** What another version has kept may look otherwise. */
function isPin(pin: Partial<Pin> | null): pin is Pin {
  return typeof pin?.question === 'string' && typeof pin.tool === 'string' && typeof pin.arguments === 'object' && pin.arguments !== null
}

export const isSamePin = (one: Pin, other: Pin): boolean =>
  one.tool === other.tool && JSON.stringify(one.arguments) === JSON.stringify(other.arguments)

export function setPins(next: readonly Pin[]): void {
  stored.write(STORAGE_KEY, next.length === 0 ? undefined : JSON.stringify(next))
  pins.set(next)
}

export const usePins = pins.use
