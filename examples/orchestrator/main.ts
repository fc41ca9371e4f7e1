import { ApiClientError, StateTrackingApiClient } from '@signalbox/client'
import { readOptions, usage } from './options.ts'
import { orchestrate } from './orchestrate.ts'

const stopping = new AbortController()
// Once: a second Ctrl-C ends it without asking.
process.once('SIGINT', () => stopping.abort(new Error('stopped by Ctrl-C')))

try {
  const { url, apiKey, machine, pace, retry } = readOptions(process.argv.slice(2), process.env)
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey, retry: { attempts: Number.POSITIVE_INFINITY, ...retry } })
  const told = await orchestrate(client, { machine, pace, signal: stopping.signal, say: (line) => console.log(line) })
  console.log(
    `${told.completed} of ${told.sessions} sessions completed, ${told.tasksDone} of ${told.tasks} tasks done, ` +
      `${told.recoveries} recovered, ${told.slotsHeld} slots held`,
  )
  process.exitCode = told.completed === told.sessions && told.tasksDone === told.tasks && told.slotsHeld === 0 ? 0 : 1
} catch (error) {
  const lines =
    error instanceof ApiClientError ? [error.message, error.suggestion ?? ''] : [error instanceof Error ? error.message : String(error)]
  if (error instanceof TypeError) lines.push(usage)
  console.error(lines.filter((line) => line !== '').join('\n'))
  process.exitCode = 1
}
