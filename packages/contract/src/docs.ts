import { z } from 'zod'
import { route } from './route.ts'

export const docsRoutes = {
  openapi: route({
    method: 'GET',
    path: '/api/docs/openapi.json',
    access: 'read',
    summary: 'Retrieve this OpenAPI 3.1 document',
    responses: { 200: z.looseObject({ openapi: z.string() }) },
  }),
}
