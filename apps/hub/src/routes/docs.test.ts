import * as claudeUsage from '@signalbox/contract/claude-usage'
import * as docs from '@signalbox/contract/docs'
import * as event from '@signalbox/contract/event'
import * as health from '@signalbox/contract/health'
import * as key from '@signalbox/contract/key'
import * as limits from '@signalbox/contract/limits'
import * as login from '@signalbox/contract/login'
import * as machine from '@signalbox/contract/machine'
import * as metrics from '@signalbox/contract/metrics'
import * as mirrorState from '@signalbox/contract/mirror-state'
import type { Route } from '@signalbox/contract/route'
import * as sessionRoute from '@signalbox/contract/session-route'
import * as task from '@signalbox/contract/task'
import * as usage from '@signalbox/contract/usage'
import { expect, it } from 'vitest'
import { openHub } from '../../test/open-hub.ts'

const contract: Route[] = [
  claudeUsage.claudeUsageRoutes,
  docs.docsRoutes,
  event.eventRoutes,
  health.healthRoutes,
  key.keyRoutes,
  limits.limitRoutes,
  login.loginRoutes,
  machine.machineRoutes,
  metrics.metricsRoutes,
  mirrorState.mirrorRoutes,
  sessionRoute.sessionRoutes,
  task.taskRoutes,
  usage.usageRoutes,
].flatMap((routes) => Object.values(routes) as Route[])

interface Operation {
  summary?: string
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>
  parameters?: { name: string; in: string }[]
  requestBody?: unknown
}

it('the OpenAPI document is that of the contract, and of the routes that are open', async () => {
  const hub = await openHub()
  const document = (await hub.ask('GET', '/api/docs/openapi.json')).json()
  expect(document.openapi).toMatch(/^3\.1/)
  const shown = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ door: `${method.toUpperCase()} ${path}`, operation })),
  )
  // PATCH is accepted as PUT.
  const methods = (method: string) => (method === 'PUT' ? ['PUT', 'PATCH'] : [method])
  const open = contract.flatMap(({ method, path }) => methods(method).map((one) => `${one} ${path.replaceAll(/:(\w+)/g, '{$1}')}`))
  expect(shown.map(({ door }) => door).sort()).toEqual(open.sort())
  for (const { door, operation } of shown) {
    expect(operation.summary, door).toMatch(/./)
    expect(Object.keys(operation.responses), door).toEqual(expect.arrayContaining(['4XX', '5XX']))
  }
  const of = (door: string) => shown.find((one) => one.door === door)!.operation
  expect(of('GET /api/usage').parameters?.map(({ name }) => name)).toEqual(expect.arrayContaining(['group', 'since', 'timezone', 'split']))
  expect(Object.keys(of('GET /api/usage').responses['200']!.content!)).toEqual(['application/json', 'text/csv'])
  expect(of('POST /api/usage/calls').requestBody).toBeDefined()
})

it('the OpenAPI document leads nowhere that is not in it, and has examples', async () => {
  const hub = await openHub()
  const text = (await hub.ask('GET', '/api/docs/openapi.json')).body
  const document = JSON.parse(text)
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(document.components.schemas).toHaveProperty([name!])
  expect(text.match(/"examples?":/g)?.length).toBeGreaterThan(8)
})

it('Swagger UI is served under a policy that lets nothing else in', async () => {
  const hub = await openHub()
  const page = await hub.ask('GET', '/api/docs/')
  expect(page.statusCode).toBe(200)
  expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  expect(page.headers['content-security-policy']).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/)
  expect(page.body).not.toMatch(/(?:src|href)="https?:/)
  for (const [, file] of page.body.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) {
    expect((await hub.ask('GET', `/api/docs/${file}`)).statusCode, file).toBe(200)
  }
  expect((await hub.ask('GET', '/api/docs/json')).json().openapi).toMatch(/^3\.1/)
})
