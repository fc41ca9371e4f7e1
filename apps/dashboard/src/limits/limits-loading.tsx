/** Placeholder before the first response. */
export function LimitsLoading() {
  return (
    <div className="limits-loading" role="status">
      <p className="small muted">Loading...</p>
      <i />
      <i />
      <i />
    </div>
  )
}
