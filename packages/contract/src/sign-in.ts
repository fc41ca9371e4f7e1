import { z } from 'zod'
import { listQueryShape } from './list.ts'
import { route } from './route.ts'
import { instant } from './time.ts'

/** A browser that is signed in. */
export const signInSchema = z
  .object({
    sign_in_id: z.string(),
    /** The key that it was signed in with; it has the scopes of that key. */
    key_id: z.string(),
    key_name: z.string(),
    created_at: instant,
    /** Accurate to five minutes. */
    last_used_at: instant,
    /** It ends then, or earlier when it is not used. */
    expires_at: instant,
    /** The address from which it was signed in. */
    address: z.string(),
    /** The `User-Agent` of the browser. */
    client: z.string().optional(),
    /** Whether it is the browser that asks. */
    current: z.boolean(),
  })
  .meta({
    id: 'SignIn',
    examples: [
      {
        sign_in_id: 'q7Zt2mB9cV4nK8pL1wR6sD',
        key_id: 'k_3f9a1c20b7d4',
        key_name: 'me',
        created_at: '2026-10-01T08:00:00.000Z',
        last_used_at: '2026-10-06T09:10:00.000Z',
        expires_at: '2026-10-31T08:00:00.000Z',
        address: '192.168.0.7',
        client: 'Mozilla/5.0 …',
        current: true,
      },
    ],
  })
export type SignIn = z.infer<typeof signInSchema>

export const endSignInsSchema = z.strictObject({
  /** `true` keeps the browser that asks signed in. */
  keep_current: z.enum(['true', 'false']).optional(),
})
export type EndSignInsQuery = z.input<typeof endSignInsSchema>

export const signInRoutes = {
  list: route({
    method: 'GET',
    path: '/api/sign-ins',
    access: 'authenticated',
    summary: 'List signed-in browsers',
    description:
      'Returns those of the key of this request, or, with the scope `admin`, of all keys, newest first. The headers `X-Total-Count` and ' +
      '`Link` describe the pages.',
    query: z.strictObject(listQueryShape),
    responses: { 200: z.array(signInSchema) },
  }),
  end: route({
    method: 'DELETE',
    path: '/api/sign-ins/:sign_in_id',
    access: 'authenticated',
    summary: 'Sign a browser out',
    description: 'Its cookie is refused from now on. Without the scope `admin` only one of the key of this request.',
    params: z.strictObject({ sign_in_id: z.string().min(1).max(100) }),
    responses: { 204: z.undefined() },
  }),
  endAll: route({
    method: 'DELETE',
    path: '/api/sign-ins',
    access: 'authenticated',
    summary: 'Sign all browsers out',
    description: 'Those of the key of this request, or, with the scope `admin`, of all keys.',
    query: endSignInsSchema,
    responses: { 200: z.object({ ended: z.int() }).meta({ id: 'EndedSignIns', examples: [{ ended: 3 }] }) },
  }),
}
