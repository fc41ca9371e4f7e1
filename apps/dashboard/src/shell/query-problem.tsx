import { toProblem } from '../hub/problem.ts'
import { ProblemNote } from '../ui/problem-note.tsx'

interface QueryProblemProps {
  readonly query: { readonly error: Error | null; readonly data: unknown; readonly refetch: () => unknown }
}

/** Why a query has failed. Of a hub that is away nothing more is said beside what is still shown: the page says it once, above. */
export function QueryProblem({ query: { error, data, refetch } }: QueryProblemProps) {
  if (error === null) return null
  const problem = toProblem(error)
  return problem.offline && data !== undefined ? null : <ProblemNote {...problem} onRetry={() => void refetch()} />
}
