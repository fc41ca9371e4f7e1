import { expect, it } from 'vitest'
import type { Io } from '../io.ts'
import { placeOf } from './run-place.ts'

const io = (env: NodeJS.ProcessEnv) => ({ cwd: '/home/ada/platform-web', env: { HOME: '/nowhere', ...env } }) as unknown as Io

it.each<[what: string, options: { project?: string }, env: NodeJS.ProcessEnv, project: string]>([
  ['the folder, as in usage reports', {}, {}, '/home/ada/platform-web'],
  ['the one that is named', { project: 'shop' }, { REDACT_PROJECTS: 'true' }, 'shop'],
  ['unknown where names are redacted: the collector names it', {}, { REDACT_PROJECTS: 'true' }, 'unknown'],
])('the project of a run is %s', (_, options, env, project) => {
  expect(placeOf(io(env), options).projectId).toBe(project)
})
