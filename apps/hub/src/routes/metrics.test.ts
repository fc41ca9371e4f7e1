import { expect, it } from 'vitest'
import { someCall } from '../../test/call.ts'
import { openHub } from '../../test/open-hub.ts'

it('metrics are Prometheus text, by route and not by address', async () => {
  const hub = await openHub()
  const call = someCall()
  await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'a', calls: [call, someCall()] } })
  await hub.ask('POST', '/api/usage/calls', { payload: { machine_id: 'a', calls: [call] } })
  await hub.ask('GET', '/api/keys/k_1')
  await hub.ask('GET', '/nothing/here')
  const answer = await hub.ask('GET', '/metrics')
  expect(answer.headers['content-type']).toContain('text/plain')
  expect(answer.body).toContain('signalbox_calls_total{result="accepted"} 2')
  expect(answer.body).toContain('signalbox_calls_total{result="duplicates"} 1')
  expect(answer.body).toContain('signalbox_events_total{event="usage.updated"} 1')
  expect(answer.body).toContain('signalbox_http_request_duration_seconds_count{method="GET",route="/api/keys/:key_id",status="404"} 1')
  expect(answer.body).toContain('route="none",status="404"')
  expect(answer.body).toContain('process_resident_memory_bytes')
  expect(answer.body).not.toContain('/nothing/here')
})
