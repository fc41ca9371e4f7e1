import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { toProblem } from '../../hub/problem.ts'
import { Panel } from '../../ui/panel.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { t } from '../../words/ask.ts'

interface ToolPanelProps<Answer> {
  readonly title: string
  readonly query: UseQueryResult<Answer>
  readonly children: (answer: Answer) => ReactNode
}

/** A card of a tool's answer: its skeleton, its error, and the last answer below an error. */
export function ToolPanel<Answer>({ title, query, children }: ToolPanelProps<Answer>) {
  const problem = query.error === null ? undefined : toProblem(query.error)
  return (
    <Panel title={title} className="ask-card">
      {problem !== undefined && !(problem.offline && query.data !== undefined) && (
        <ProblemNote {...problem} onRetry={() => void query.refetch()} />
      )}
      {query.data !== undefined ? children(query.data) : problem === undefined && <Skeleton height={120} label={t.loading} />}
    </Panel>
  )
}
