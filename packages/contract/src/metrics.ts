import { z } from 'zod'
import { route } from './route.ts'

export const metricsRoutes = {
  metrics: route({
    method: 'GET',
    path: '/metrics',
    access: 'read',
    summary: 'Figures of the hub as Prometheus text',
    answers: { 200: { description: 'Prometheus text', content: { 'text/plain': { schema: z.string() } } } },
  }),
}
