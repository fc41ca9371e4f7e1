import './skeleton.css'

/** Stands where an answer will be, once, before the first one. */
export function Skeleton({ height, label }: { /** In pixels. */ readonly height: number; readonly label: string }) {
  return (
    <div className="skeleton" style={{ height }} role="status">
      <span className="unseen">{label}</span>
    </div>
  )
}
