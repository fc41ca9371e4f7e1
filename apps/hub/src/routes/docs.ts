import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { docsRoutes } from '@signalbox/contract/docs'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'

const at = '/api/docs'

/** Allows only the files of the page itself, and requests to this hub. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // The hash of one inline style; a later version with another one would lose that style.
  "style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Must be registered before the routes: it collects them into the document. */
export async function openApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Signalbox',
        version,
        license: { name: 'MIT', identifier: 'MIT' },
        description: 'The hub of Signalbox. docs/http.md has the rules of all routes, docs/ERROR_HANDLING.md the errors.',
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

export async function docs({ app }: RouteContext): Promise<void> {
  serve(app, docsRoutes.openapi, () => app.swagger() as Record<string, unknown> & { openapi: string }, { unchecked: true })
  await app.register(async (scope) => {
    // The plugin's own routes need the same scope as the document they show.
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
