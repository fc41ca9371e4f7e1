import { Link } from '@tanstack/react-router'

/** An address that leads nowhere. */
export function Lost() {
  return (
    <div className="screen">
      <h1>There is nothing at this address</h1>
      <p className="quiet">The screen may have moved, or the address was cut short.</p>
      <p>
        <Link to="/">Go to Today</Link>
      </p>
    </div>
  )
}
