import { z } from 'zod'
import { MAX_INGEST_BYTES } from './ingest-limit.ts'
import { route } from './route.ts'
import { identifierSchema } from './text.ts'
import { instant } from './time.ts'

/** The folders of one request at most. */
export const MAX_FOLDERS_PER_POST = 1_000
const name = identifierSchema(4096)

/** Which project a folder of a machine belongs to. */
export const projectFolderSchema = z
  .strictObject({
    /** The folder exactly as its calls have it, in `cwd`. */
    folder: name,
    /** The host and path of the repository's remote, else the folder of the repository. */
    project: name,
    /** The folder of the repository; of all its worktrees the same. */
    root: name,
    /** `git`: the repository was seen on the disk. `path`: it follows from the paths of the machine. */
    seen: z.enum(['git', 'path']),
  })
  .meta({
    id: 'ProjectFolder',
    examples: [{ folder: '/home/dev/shop/packages/api', project: 'github.com/acme/shop', root: '/home/dev/shop', seen: 'git' }],
  })

export type ProjectFolder = z.infer<typeof projectFolderSchema>

/** The body of `POST /api/usage/folders`. */
export const ingestFoldersSchema = z
  .strictObject({ machine_id: identifierSchema(), folders: z.array(projectFolderSchema).max(MAX_FOLDERS_PER_POST) })
  .meta({ id: 'IngestFolders' })

export const ingestFoldersResultSchema = z.object({ success: z.literal(true), timestamp: instant }).meta({ id: 'IngestFoldersResult' })
export type IngestFoldersResult = z.infer<typeof ingestFoldersResultSchema>

export const projectFolderRoutes = {
  ingest: route({
    method: 'POST',
    path: '/api/usage/folders',
    access: 'ingest',
    summary: 'Report the projects of folders',
    description:
      `Says which repository each folder of a machine belongs to, at most ${MAX_FOLDERS_PER_POST} folders and ` +
      `${MAX_INGEST_BYTES / 1024 / 1024} MiB. Reports by project use it for calls of any time. A folder that is sent again is replaced.`,
    body: ingestFoldersSchema,
    responses: { 200: ingestFoldersResultSchema },
  }),
}
