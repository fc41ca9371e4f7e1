import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as call from './call.ts'
import { MAX_TOKENS_PER_CALL } from './call-field.ts'
import * as claudeUsage from './claude-usage.ts'
import * as docs from './docs.ts'
import * as error from './error.ts'
import * as event from './event.ts'
import * as health from './health.ts'
import * as invite from './invite.ts'
import * as key from './key.ts'
import * as login from './login.ts'
import * as machine from './machine.ts'
import * as metrics from './metrics.ts'
import * as mirrorState from './mirror-state.ts'
import type { Route } from './route.ts'
import * as session from './session.ts'
import * as sessionCleanup from './session-cleanup.ts'
import * as sessionFailure from './session-failure.ts'
import * as sessionHealth from './session-health.ts'
import * as sessionHeartbeat from './session-heartbeat.ts'
import * as sessionRecovery from './session-recovery.ts'
import * as sessionRoute from './session-route.ts'
import * as sessionTimeline from './session-timeline.ts'
import * as task from './task.ts'
import * as usage from './usage.ts'
import * as usageRange from './usage-range.ts'

const nouns = {
  call,
  claudeUsage,
  docs,
  error,
  event,
  health,
  invite,
  key,
  login,
  machine,
  metrics,
  mirrorState,
  session,
  sessionCleanup,
  sessionFailure,
  sessionHealth,
  sessionHeartbeat,
  sessionRecovery,
  sessionRoute,
  sessionTimeline,
  task,
  usage,
  usageRange,
}
const exported = Object.values(nouns).flatMap((noun) => Object.entries(noun))
const schemas = exported.flatMap(([name, value]) => (value instanceof z.ZodType ? [{ name, schema: value }] : []))
const routes = exported.flatMap(([name, value]) => (name.endsWith('Routes') ? (Object.values(value) as Route[]) : []))

const examplesOf = (schema: z.ZodType) => (schema.meta()?.examples ?? []) as unknown[]

describe('the contract', () => {
  it('has valid examples', () => {
    const examples = schemas.flatMap(({ name, schema }) => examplesOf(schema).map((example) => ({ name, schema, example })))
    expect(examples.length).toBeGreaterThan(8)
    for (const { name, schema, example } of examples) expect(schema.safeParse(example).error, name).toBeUndefined()
  })

  it('has an example for every body of sessions, tasks and machines', () => {
    const bodies = [sessionRoute.sessionRoutes, task.taskRoutes, machine.machineRoutes]
      .flatMap((group) => Object.values(group) as Route[])
      .flatMap(({ body, responses }) => [body, ...Object.values(responses)])
      .flatMap((one) => (one instanceof z.ZodType ? [one] : []))
      .map((schema) => (schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema))
      .map((schema) => (schema instanceof z.ZodArray ? (schema.element as z.ZodType) : schema))
      .filter((schema) => schema instanceof z.ZodObject && schema.meta()?.id !== undefined)
    expect(bodies.length).toBeGreaterThan(40)
    for (const schema of bodies) expect(examplesOf(schema), schema.meta()?.id).not.toEqual([])
  })

  it('has one route per method and path', () => {
    const endpoints = routes.map(({ method, path }) => `${method} ${path}`)
    expect(endpoints.length).toBeGreaterThan(10)
    expect(new Set(endpoints).size).toBe(endpoints.length)
  })

  it('rejects unknown fields in every query, body and path', () => {
    for (const { method, path, query, body, params } of routes) {
      for (const schema of [query, body, params]) {
        if (schema === undefined) continue
        const unknown = schema.safeParse({ surely_not_known: 1 }).error?.issues.some(({ code }) => code === 'unrecognized_keys')
        expect(unknown, `${method} ${path}`).toBe(true)
      }
    }
  })

  it('converts every schema to JSON Schema', () => {
    for (const { name, schema } of schemas)
      expect(() => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), name).not.toThrow()
  })
})

describe('a call', () => {
  const whole = examplesOf(call.callSchema)[0] as call.Call

  it.each([
    ['at', '2019-12-31T23:59:59.999Z'],
    ['at', '2100-01-01T00:00:00.000Z'],
    ['at', '2026-10-06T09:00:00Z'],
    ['at', '2026-10-06T11:00:00.000+02:00'],
    ['output', MAX_TOKENS_PER_CALL + 1],
    ['output', 0.5],
    ['key', ''],
    ['model', 'x'.repeat(201)],
    ['cwd', 'x'.repeat(4_097)],
    ['cwd', '/a\u001b[31m'],
    ['model', 'odd\u202e'],
    ['git_branch', 'a\nb'],
    ['session_id', 'a\0'],
    ['version', 'half \ud83d'],
    ['key', 'a\tb'],
  ])('is rejected with %s %s', (field, value) => {
    expect(call.callSchema.safeParse({ ...whole, [field]: value }).success).toBe(false)
  })

  it.each([
    ['at', '2020-01-01T00:00:00.000Z'],
    ['at', '2099-12-31T23:59:59.999Z'],
    ['output', MAX_TOKENS_PER_CALL],
    ['session_id', ''],
    ['cwd', ''],
  ])('is accepted with %s %s', (field, value) => {
    expect(call.callSchema.safeParse({ ...whole, [field]: value }).success).toBe(true)
  })
})
