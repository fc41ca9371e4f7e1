import { t } from '../words/limits.ts'

/** Placeholder before the first response. */
export function LimitsLoading() {
  return (
    <div className="limits-loading" role="status">
      <p className="small muted">{t.loading}</p>
      <i />
      <i />
      <i />
    </div>
  )
}
