import { z } from 'zod'
import { route } from './route.ts'
import { instant } from './time.ts'

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    timestamp: instant,
    /** Seconds since the hub was started. */
    uptime: z.number(),
    database: z.enum(['connected', 'disconnected']),
    /** The response time of the hub database, in milliseconds. */
    latency: z.number(),
    version: z.string(),
    /** Requests of the last minute that the hub database failed. */
    failures: z.object({ read: z.int(), write: z.int() }),
    /** The open files of the hub, and how many it may open; absent where the system does not say. */
    descriptors: z.object({ open: z.int(), limit: z.int() }).optional(),
    /** Why the hub is unavailable. */
    message: z.string().optional(),
  })
  .meta({
    id: 'Health',
    examples: [
      {
        status: 'ok',
        timestamp: '2026-10-06T09:12:00.000Z',
        uptime: 86_400.5,
        database: 'connected',
        latency: 0.4,
        version: '0.1.0',
        failures: { read: 0, write: 0 },
        descriptors: { open: 48, limit: 1024 },
      },
    ],
  })
export type Health = z.infer<typeof healthSchema>

export const readinessSchema = z
  .object({
    ready: z.boolean(),
    timestamp: instant,
    /** Why the hub is not ready. */
    reason: z.enum(['starting', 'stopping', 'store unavailable']).optional(),
  })
  .meta({ id: 'Readiness', examples: [{ ready: true, timestamp: '2026-10-06T09:12:00.000Z' }] })
export type Readiness = z.infer<typeof readinessSchema>

/** Depends on the age of the newest snapshot of the plan limits: healthy up to 10 minutes, degraded up to 30. */
const healthStatus = z.enum(['healthy', 'degraded', 'unhealthy'])

export const apiHealthSchema = z
  .object({
    /** Unhealthy also while there is no snapshot, and while the hub database is unavailable. */
    status: healthStatus,
    storage: z.object({ accessible: z.boolean(), writable: z.boolean(), versionCount: z.int() }),
    /** The age of the newest snapshot, in minutes. */
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
    summary: 'Check the health of the hub and its database',
    responses: { 200: healthSchema, 503: healthSchema },
  }),
  ready: route({
    method: 'GET',
    path: '/health/ready',
    access: 'public',
    summary: 'Check whether the hub is ready for requests',
    description: 'Responds 503 while the hub starts or stops, and while the hub database is unavailable.',
    responses: { 200: readinessSchema, 503: readinessSchema },
  }),
  api: route({
    method: 'GET',
    path: '/api/health',
    access: 'public',
    summary: 'Check the hub database and the age of the plan limits',
    description:
      'Reports whether the hub database can be read and written, and how old the newest snapshot of the plan limits is. Responds ' +
      '503 without fresh data: when the newest snapshot is older than 30 minutes, when there is none, or when the database is ' +
      'unavailable.',
    responses: { 200: apiHealthSchema, 503: apiHealthSchema },
  }),
}
