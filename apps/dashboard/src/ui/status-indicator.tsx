import './status-indicator.css'

export type IndicatorColor = 'green' | 'amber' | 'red' | 'off'

/** A coloured dot. Never used alone: the text beside it says the same. */
export function StatusIndicator({ color, pulsing = false }: { readonly color: IndicatorColor; readonly pulsing?: boolean }) {
  return <span className="status-indicator" data-color={color} data-pulsing={pulsing || undefined} aria-hidden="true" />
}
