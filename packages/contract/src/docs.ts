import { z } from 'zod'
import { route } from './route.ts'

export const docsRoutes = {
  openapi: route({
    method: 'GET',
    path: '/api/docs/openapi.json',
    access: 'read',
    summary: 'This document: OpenAPI 3.1',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
  }),
}
