import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { docsRoutes } from '@signalbox/contract/docs'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { Doors } from '../doors.ts'
import { serve } from '../http/route.ts'

const at = '/api/docs'

/** Scripts, styles, pictures and requests are its own files and this hub alone. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // One style of its own that it writes into the page; were it another in a later version, that one would be left out.
  "style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Listens for the routes that come after it; they are the document. */
export async function openApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Signalbox',
        version,
        license: { name: 'MIT', identifier: 'MIT' },
        description: 'The hub of Signalbox. What every route keeps is in docs/http.md, its errors are in docs/errors.md.',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'A key: `Authorization: Bearer KEY`' },
          key: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key' },
          cookie: { type: 'apiKey', in: 'cookie', name: 'signalbox_login', description: 'Given by POST /api/login' },
        },
      },
      security: [{ bearer: [] }, { key: [] }, { cookie: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
}

export async function docs({ app }: Doors): Promise<void> {
  serve(app, docsRoutes.openapi, () => app.swagger() as Record<string, unknown> & { openapi: string }, { unchecked: true })
  await app.register(async (scope) => {
    // The plugin's own routes are closed like the document they show.
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'read', browser: true, quiet: true }
    })
    await scope.register(swaggerUi, {
      routePrefix: at,
      staticCSP: policy,
      theme: { title: 'Signalbox API' },
      uiConfig: { validatorUrl: null },
    })
  })
}
