import type { Scope } from '../hub/answer.ts'
import { t } from '../words/settings.ts'
import './scopes.css'

export const scopeNames: Record<Scope, string> = {
  read: t.readEverything,
  write: t.changeState,
  ingest: t.sendCallsAndLimits,
  answer: t.answerSessionsThatAsk,
  admin: t.createAndRevokeKeys,
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
