import type { Scope } from '../hub/answer.ts'
import './scopes.css'

export const scopeNames: Record<Scope, string> = {
  read: 'see everything',
  write: 'change state',
  ingest: 'send calls and readings',
  admin: 'make and revoke keys',
}

/** What a key may do, each by its word and its meaning. */
export function Scopes({ scopes }: { readonly scopes: readonly Scope[] }) {
  return (
    <ul className="scopes">
      {scopes.map((scope) => (
        <li key={scope} title={scopeNames[scope]}>
          {scope}
          <span className="unseen">, {scopeNames[scope]}</span>
        </li>
      ))}
    </ul>
  )
}
