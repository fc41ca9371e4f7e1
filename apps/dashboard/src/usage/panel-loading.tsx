import { toProblem } from '../hub/problem.ts'
import type { useUsage } from '../hub/usage.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

interface PanelLoadingProps {
  readonly report: Pick<ReturnType<typeof useUsage>, 'error' | 'refetch'>
  readonly label: string
}

/** A panel whose report is not there: it loads, or it has failed, which no panel may call loading. */
export function PanelLoading({ report: { error, refetch }, label }: PanelLoadingProps) {
  return error === null ? <Skeleton height={160} label={label} /> : <ProblemNote {...toProblem(error)} onRetry={() => refetch()} />
}
