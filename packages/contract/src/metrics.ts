import { z } from 'zod'
import { route } from './route.ts'

export const metricsRoutes = {
  metrics: route({
    method: 'GET',
    path: '/metrics',
    access: 'read',
    summary: 'Retrieve metrics in Prometheus text format',
    responses: { 200: { description: 'Prometheus text', content: { 'text/plain': { schema: z.string() } } } },
  }),
}
