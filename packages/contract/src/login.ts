import { z } from 'zod'
import { scopeSchema } from './key.ts'
import { route } from './route.ts'

export const loginSchema = z.strictObject({ key: z.string().min(1).max(1000) }).meta({ id: 'Login' })
export type Login = z.infer<typeof loginSchema>

export const whoAmISchema = z
  .object({
    authenticated: z.literal(true),
    /** `bypass`: no key is asked for, because none exists, in development and on loopback. */
    by: z.enum(['key', 'cookie', 'bypass']),
    /** Of the key; keys from the environment are called by their setting. */
    name: z.string().optional(),
    scopes: z.array(scopeSchema),
    bypass: z.boolean(),
    /** Made with the hub's store. When it is another than before, what was sent to the old one has to be sent again. */
    store_id: z.string(),
  })
  .meta({
    id: 'WhoAmI',
    examples: [{ authenticated: true, by: 'cookie', name: 'laptop', scopes: ['read'], bypass: false, store_id: '6f1e…' }],
  })
export type WhoAmI = z.infer<typeof whoAmISchema>

export const loginRoutes = {
  login: route({
    method: 'POST',
    path: '/api/login',
    access: 'public',
    summary: 'Give a key for a cookie that a browser keeps out of reach of scripts',
    body: loginSchema,
    answers: { 200: whoAmISchema },
  }),
  logout: route({
    method: 'POST',
    path: '/api/logout',
    access: 'known',
    summary: 'Take the cookie back',
    answers: { 204: z.undefined() },
  }),
  whoAmI: route({
    method: 'GET',
    path: '/api/whoami',
    access: 'known',
    summary: 'Who is asking, and what may they do',
    answers: { 200: whoAmISchema },
  }),
}
