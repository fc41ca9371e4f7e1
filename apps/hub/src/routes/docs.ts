import swagger from '@fastify/swagger'
import { docsRoutes } from '@signalbox/contract/docs'
import Fastify, { type FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { schemaController } from '../http/compilers.ts'
import { serve } from '../http/route.ts'
import type { RouteContext } from '../route-context.ts'

const at = '/api/docs'

type ApiDocument = Record<string, unknown> & { openapi: string }

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

export function docs({ app }: RouteContext): void {
  const document = () => app.swagger() as ApiDocument
  serve(app, docsRoutes.openapi, document, { unchecked: true })
  let page: Promise<FastifyInstance> | undefined
  // It needs the same scope as the document it shows.
  const options = { config: { access: 'read', browser: true, quiet: true }, schema: { hide: true } } as const
  for (const url of [at, `${at}/*`]) {
    app.get(url, options, async (request, reply) => {
      page ??= openPage(document())
      const answer = await (await page).inject({ method: 'GET', url: request.url, headers: headersOf(request.headers, asked) })
      if (answer.statusCode === 404) return reply.callNotFound()
      return reply.code(answer.statusCode).headers(headersOf(answer.headers, answered)).send(answer.rawPayload)
    })
  }
  app.addHook('onClose', async () => (await page)?.close())
}

/** Swagger UI, in an app of its own that is loaded when a person opens it: with the others it would take a seventh of the start of a hub. */
async function openPage(document: ApiDocument): Promise<FastifyInstance> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui')
  const page = Fastify({ schemaController })
  await page.register(swagger, { mode: 'static', specification: { document: document as never } })
  await page.register(swaggerUi, {
    routePrefix: at,
    staticCSP: policy,
    theme: { title: 'Signalbox API' },
    uiConfig: { validatorUrl: null },
  })
  return page
}

/** What of a request the files of the page depend on. */
const asked = ['if-none-match', 'if-modified-since', 'range']
const answered = [
  'content-type',
  'content-range',
  'accept-ranges',
  'content-security-policy',
  'cache-control',
  'etag',
  'last-modified',
  'location',
]

function headersOf<T>(headers: Readonly<Record<string, T>>, names: readonly string[]): Record<string, NonNullable<T>> {
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]))) as Record<
    string,
    NonNullable<T>
  >
}
