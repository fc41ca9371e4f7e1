import type { Scope } from '../hub/answer.ts'
import './scopes.css'

export const scopeNames: Record<Scope, string> = {
  read: 'read everything',
  write: 'change state',
  ingest: 'send calls and limits',
  answer: 'answer sessions that ask: permissions, questions, plans',
  admin: 'create and revoke keys',
}

/** A list of scopes, each with its meaning for screen readers and on hover. */
export function Scopes({ scopes }: { readonly scopes: readonly Scope[] }) {
  return (
    <ul className="scopes">
      {scopes.map((scope) => (
        <li key={scope} title={scopeNames[scope]}>
          {scope}
          <span className="visually-hidden">, {scopeNames[scope]}</span>
        </li>
      ))}
    </ul>
  )
}
