import { z } from 'zod'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'
import { MAX_VIEW_NAME_LENGTH } from './view-name.ts'

export const MAX_SAVED_VIEWS = 200

/** The screens whose filters can be saved. */
export const viewScreens = ['usage', 'sessions'] as const
export type ViewScreen = (typeof viewScreens)[number]

const name = z.string().trim().pipe(identifierSchema(MAX_VIEW_NAME_LENGTH))
/** The query of an address, as browsers write it. */
const search = z
  .string()
  .max(4096)
  .regex(/^[!-~]*$/, { error: 'must be the query of an address, encoded' })

export const createSavedViewSchema = z
  .strictObject({ screen: z.enum(viewScreens), name, search })
  .meta({ id: 'CreateSavedView', examples: [{ screen: 'usage' as const, name: 'Shop this month', search: 'range=month&project=shop' }] })
export type CreateSavedView = z.input<typeof createSavedViewSchema>

export const changeSavedViewSchema = z
  .strictObject({ name, search })
  .partial()
  .meta({ id: 'ChangeSavedView', examples: [{ name: 'Shop' }] })
export type ChangeSavedView = z.input<typeof changeSavedViewSchema>

export const savedViewSchema = z
  .object({
    view_id: z.string(),
    screen: z.enum(viewScreens),
    name: z.string(),
    /** What stands behind the `?` of the screen's address; empty for the screen as it opens. */
    search: z.string(),
    revision: z.int(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'SavedView' })
export type SavedView = z.infer<typeof savedViewSchema>

const viewParams = z.strictObject({ view_id: z.string().min(1).max(100) })

export const savedViewRoutes = {
  list: route({
    method: 'GET',
    path: '/api/views',
    access: 'read',
    summary: 'List saved views',
    description: 'The filters of screens that were given a name, by screen and name. All who use the hub share them.',
    responses: { 200: z.array(savedViewSchema) },
  }),
  create: route({
    method: 'POST',
    path: '/api/views',
    access: 'write',
    summary: 'Save a view',
    description: 'A screen has each name once.',
    body: createSavedViewSchema,
    responses: { 201: savedViewSchema },
  }),
  change: route({
    method: 'PUT',
    path: '/api/views/:view_id',
    access: 'write',
    summary: 'Change a saved view',
    description: 'Absent properties stay.',
    params: viewParams,
    body: changeSavedViewSchema,
    responses: { 200: savedViewSchema },
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/views/:view_id',
    access: 'write',
    summary: 'Remove a saved view',
    params: viewParams,
    responses: { 204: z.undefined() },
  }),
}
