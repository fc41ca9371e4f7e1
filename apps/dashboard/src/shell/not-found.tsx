import { Link } from '../router/link.tsx'
import { t } from '../words/shell.ts'

/** Shown for an unknown address. */
export function NotFound() {
  return (
    <div className="screen">
      <h1>{t.pageNotFound}</h1>
      <p className="muted">{t.thereIsNoPage}</p>
      <p>
        <Link to="/">{t.goToToday}</Link>
      </p>
    </div>
  )
}
