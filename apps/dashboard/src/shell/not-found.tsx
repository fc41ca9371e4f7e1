import { Link } from '../router/link.tsx'

/** Shown for an unknown address. */
export function NotFound() {
  return (
    <div className="screen">
      <h1>Page not found</h1>
      <p className="muted">There is no page at this address. Check the address, or start from Today.</p>
      <p>
        <Link to="/">Go to Today</Link>
      </p>
    </div>
  )
}
