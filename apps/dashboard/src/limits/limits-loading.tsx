/** Before the first answer, once. */
export function LimitsLoading() {
  return (
    <div className="limits-loading" role="status">
      <p className="small quiet">Loading...</p>
      <i />
      <i />
      <i />
    </div>
  )
}
