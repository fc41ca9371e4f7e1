import './lamp.css'

export type LampColor = 'go' | 'caution' | 'danger' | 'dark'

/** A signal lamp. It is never alone: the word beside it says the same. */
export function Lamp({ color, beating = false }: { readonly color: LampColor; readonly beating?: boolean }) {
  return <span className="lamp" data-color={color} data-beating={beating || undefined} aria-hidden="true" />
}
