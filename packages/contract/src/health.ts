import { z } from 'zod'
import { route } from './route.ts'
import { instant } from './time.ts'

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    timestamp: instant,
    /** Seconds since the hub started. */
    uptime: z.number(),
    database: z.enum(['connected', 'disconnected']),
    /** Milliseconds the store took to answer. */
    latency: z.number(),
    version: z.string(),
    /** Why it is unavailable. */
    message: z.string().optional(),
  })
  .meta({
    id: 'Health',
    examples: [
      { status: 'ok', timestamp: '2026-10-06T09:12:00.000Z', uptime: 86_400.5, database: 'connected', latency: 0.4, version: '0.1.0' },
    ],
  })
export type Health = z.infer<typeof healthSchema>

export const readinessSchema = z
  .object({
    ready: z.boolean(),
    timestamp: instant,
    /** Why not. */
    reason: z.enum(['starting', 'stopping', 'store unavailable']).optional(),
  })
  .meta({ id: 'Readiness', examples: [{ ready: true, timestamp: '2026-10-06T09:12:00.000Z' }] })
export type Readiness = z.infer<typeof readinessSchema>

/** By the age of the newest reading of the plan limits: healthy up to 10 minutes, degraded up to 30. */
const healthStatus = z.enum(['healthy', 'degraded', 'unhealthy'])

export const apiHealthSchema = z
  .object({
    /** Unhealthy also without any reading, and without the store. */
    status: healthStatus,
    storage: z.object({ accessible: z.boolean(), writable: z.boolean(), versionCount: z.int() }),
    /** Minutes. */
    latestDataAge: z.number().nullable(),
    versionCount: z.int(),
    latestData: z.object({ ageMinutes: z.number().nullable(), status: healthStatus, timestamp: instant.nullable() }),
    timestamp: instant,
  })
  .meta({
    id: 'ApiHealth',
    examples: [
      {
        status: 'healthy',
        storage: { accessible: true, writable: true, versionCount: 412 },
        latestDataAge: 2,
        versionCount: 412,
        latestData: { ageMinutes: 2, status: 'healthy', timestamp: '2026-10-06T09:10:00.000Z' },
        timestamp: '2026-10-06T09:12:00.000Z',
      },
    ],
  })
export type ApiHealth = z.infer<typeof apiHealthSchema>

export const healthRoutes = {
  health: route({
    method: 'GET',
    path: '/health',
    access: 'public',
    summary: 'Is the hub there, and its store?',
    answers: { 200: healthSchema, 503: healthSchema },
  }),
  ready: route({
    method: 'GET',
    path: '/health/ready',
    access: 'public',
    summary: 'May requests be sent here? No while starting, stopping or without a store',
    answers: { 200: readinessSchema, 503: readinessSchema },
  }),
  api: route({
    method: 'GET',
    path: '/api/health',
    access: 'public',
    summary: 'Can the store be read and written, and how old is the newest reading of the plan limits?',
    answers: { 200: apiHealthSchema, 503: apiHealthSchema },
  }),
}
