import './share-bar.css'

/** A share as a bar; the number beside it says the same. */
export function ShareBar({ share, color }: { /** 0 to 1. */ readonly share: number; readonly color?: string | undefined }) {
  return (
    <span className="share-bar" aria-hidden="true">
      <span style={{ width: `${Math.min(100, Math.max(0, share * 100))}%`, ...(color === undefined ? {} : { background: color }) }} />
    </span>
  )
}
