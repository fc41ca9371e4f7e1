import { z } from 'zod'
import { keySchema } from './key.ts'
import { keyQuotasSchema } from './quota.ts'
import { route } from './route.ts'
import { scopeSchema } from './scope.ts'
import { instant } from './time.ts'

export const loginSchema = z.strictObject({ key: z.string().min(1).max(1000) }).meta({ id: 'Login' })
export type Login = z.infer<typeof loginSchema>

export const whoAmISchema = z
  .object({
    authenticated: z.literal(true),
    /** `bypass`: no key is required, because none exists, NODE_ENV is `development` and the hub listens on loopback. */
    by: z.enum(['key', 'cookie', 'bypass']),
    /** The name of the key; for a key from the environment, the name of its variable. */
    name: z.string().optional(),
    scopes: z.array(scopeSchema),
    bypass: z.boolean(),
    /** The id of the hub database. After it changes, everything sent to the former one has to be sent again. */
    store_id: z.string(),
    /** What the key has brought lately, and may bring in 24 hours. Absent in the answer to a sign-in. */
    quotas: keyQuotasSchema.optional(),
    /** When the key ends, and what it is bound to, as in the list of keys. Absent in the answer to a sign-in. */
    ...keySchema.pick({ expires_at: true, idle_days: true, machine_id: true, project_id: true }).shape,
  })
  .meta({
    id: 'WhoAmI',
    examples: [{ authenticated: true, by: 'cookie', name: 'laptop', scopes: ['read'], bypass: false, store_id: '6f1e…' }],
  })
export type WhoAmI = z.infer<typeof whoAmISchema>

export const createSignInLinkSchema = z
  .strictObject({ expires_in_s: z.int().min(10).max(600).default(60) })
  .meta({ id: 'CreateSignInLink', examples: [{ expires_in_s: 60 }] })
export type CreateSignInLink = z.input<typeof createSignInLinkSchema>

/** The path of a link that signs a browser in, once. */
export const signInLinkSchema = z
  .object({ path: z.string(), expires_at: instant })
  .meta({ id: 'SignInLink', examples: [{ path: '/api/login/links/q7Zt…', expires_at: '2026-10-06T09:13:00.000Z' }] })
export type SignInLink = z.infer<typeof signInLinkSchema>

export const loginRoutes = {
  login: route({
    method: 'POST',
    path: '/api/login',
    access: 'public',
    summary: 'Sign in with an API key',
    description: 'Sets an `HttpOnly` session cookie with the scopes of the key.',
    body: loginSchema,
    responses: { 200: whoAmISchema },
  }),
  createLink: route({
    method: 'POST',
    path: '/api/login/links',
    access: 'authenticated',
    summary: 'Create a sign-in link',
    description:
      'The link works once, within a minute unless `expires_in_s` says otherwise, at this hub, and signs a browser in with the key of this request.',
    body: createSignInLinkSchema.optional(),
    responses: { 201: signInLinkSchema },
  }),
  followLink: route({
    method: 'GET',
    path: '/api/login/links/:token',
    access: 'public',
    summary: 'Sign in by a link',
    description: 'Sets the session cookie and leads to the dashboard.',
    params: z.strictObject({ token: z.string().min(1).max(100) }),
    responses: { 303: z.undefined() },
  }),
  logout: route({
    method: 'POST',
    path: '/api/logout',
    access: 'authenticated',
    summary: 'Sign out',
    description: 'Ends the sign-in, so that its cookie is refused, and clears the cookie.',
    responses: { 204: z.undefined() },
  }),
  whoAmI: route({
    method: 'GET',
    path: '/api/whoami',
    access: 'authenticated',
    summary: 'Retrieve the current identity',
    description: 'Returns how the request was authenticated and which scopes it has.',
    responses: { 200: whoAmISchema },
  }),
}
