import { StateTrackingApiClient } from '@signalbox/client'
import { readOptions, usage } from './options.ts'
import { orchestrate } from './orchestrate.ts'

const stopping = new AbortController()
// `once`: a second Ctrl-C ends the process at once.
process.once('SIGINT', () => stopping.abort(new Error('stopped by Ctrl-C')))

try {
  const { url, apiKey, machine, pace, retry } = readOptions(process.argv.slice(2), process.env)
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey, retry: { attempts: Number.POSITIVE_INFINITY, ...retry } })
  const summary = await orchestrate(client, { machine, pace, signal: stopping.signal, say: (line) => console.log(line) })
  console.log(
    `${summary.completed} of ${summary.sessions} sessions completed, ${summary.tasksDone} of ${summary.tasks} tasks done, ` +
      `${summary.recoveries} recovered, ${summary.slotsHeld} slots held`,
  )
  process.exitCode = summary.completed === summary.sessions && summary.tasksDone === summary.tasks && summary.slotsHeld === 0 ? 0 : 1
} catch (error) {
  const { message, suggestion } = error as Error & { readonly suggestion?: string }
  const lines = suggestion === undefined ? [message] : [message, suggestion]
  if (error instanceof TypeError) lines.push(usage)
  console.error(lines.join('\n'))
  process.exitCode = 1
}
