import { describeTest } from '../../hub/alert-words.ts'
import type { useTestChannel } from '../../hub/channels.ts'
import { toProblem } from '../../hub/problem.ts'
import { StatusIndicator } from '../../ui/status-indicator.tsx'
import { t } from '../../words/channels.ts'
import './test-result.css'

/** What came of a test message. */
export function TestResult({ test }: { readonly test: Pick<ReturnType<typeof useTestChannel>, 'data' | 'error' | 'isPending'> }) {
  const { data, error, isPending } = test
  const problem = error === null ? undefined : toProblem(error)
  return (
    <p className="test-result small" role="status">
      {isPending && t.sendingTest}
      {problem !== undefined && (
        <>
          <StatusIndicator color="red" />
          <span className="breakable">
            {problem.message} {problem.suggestion}
          </span>
        </>
      )}
      {!isPending && data !== undefined && (
        <>
          <StatusIndicator color={data.outcome === 'sent' ? 'green' : 'red'} />
          <span className="breakable">{t.ms(describeTest({ ...data, id: data.receipt?.id }), data.ms)}</span>
        </>
      )}
    </p>
  )
}
