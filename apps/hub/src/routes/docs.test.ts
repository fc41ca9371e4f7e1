import fs from 'node:fs'
import path from 'node:path'
import type { Route } from '@signalbox/contract/route'
import { expect, it } from 'vitest'
import { openHub } from '../../test/open-hub.ts'

const contractFolder = path.resolve(import.meta.dirname, '../../../../packages/contract/src')
const schemas = fs.readdirSync(contractFolder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
const modules = (await Promise.all(schemas.map((file) => import(path.join(contractFolder, file))))) as Record<string, object>[]
/** Every route of every `…Routes` of the contract. */
const contract = modules.flatMap((exports) =>
  Object.entries(exports).flatMap(([name, routes]) => (name.endsWith('Routes') ? (Object.values(routes) as Route[]) : [])),
)

interface Operation {
  summary?: string
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>
  parameters?: { name: string; in: string }[]
  requestBody?: unknown
}

it('the OpenAPI document has exactly the routes of the contract', async () => {
  const hub = await openHub()
  const document = (await hub.ask('GET', '/api/docs/openapi.json')).json()
  expect(document.openapi).toMatch(/^3\.1/)
  const shown = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  )
  // PATCH is accepted as PUT.
  const methods = (method: string) => (method === 'PUT' ? ['PUT', 'PATCH'] : [method])
  const expected = contract.flatMap(({ method, path }) => methods(method).map((one) => `${one} ${path.replaceAll(/:(\w+)/g, '{$1}')}`))
  expect(shown.map(({ route }) => route).sort()).toEqual(expected.sort())
  for (const { route, operation } of shown) {
    expect(operation.summary, route).toMatch(/./)
    expect(Object.keys(operation.responses), route).toEqual(expect.arrayContaining(['4XX', '5XX']))
  }
  const operationOf = (route: string) => shown.find((one) => one.route === route)!.operation
  expect(operationOf('GET /api/usage').parameters?.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['group', 'since', 'timezone', 'split']),
  )
  expect(Object.keys(operationOf('GET /api/usage').responses['200']!.content!)).toEqual(['application/json', 'text/csv'])
  expect(operationOf('POST /api/usage/calls').requestBody).toBeDefined()
})

it('the OpenAPI document has no dangling references, and has examples', async () => {
  const hub = await openHub()
  const text = (await hub.ask('GET', '/api/docs/openapi.json')).body
  const document = JSON.parse(text)
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(document.components.schemas).toHaveProperty([name!])
  expect(text.match(/"examples?":/g)?.length).toBeGreaterThan(8)
})

it('Swagger UI is served under a policy that allows only its own files', async () => {
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
