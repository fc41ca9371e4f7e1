import './skeleton.css'

/** A placeholder until the first response. */
export function Skeleton({ height, label }: { /** In pixels. */ readonly height: number; readonly label: string }) {
  return (
    <div className="skeleton" style={{ height }} role="status">
      <span className="visually-hidden">{label}</span>
    </div>
  )
}
