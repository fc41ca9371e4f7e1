import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { redactsProjects } from './redaction.ts'

it('names are redacted as the environment says, else as the collector of DATA_DIR does', () => {
  const DATA_DIR = tempFolder()
  const file = path.join(DATA_DIR, 'collector.json')
  expect(redactsProjects({ DATA_DIR })).toBe(false)
  fs.writeFileSync(file, JSON.stringify({ redact_projects: true }))
  expect(redactsProjects({ DATA_DIR })).toBe(true)
  expect(redactsProjects({ DATA_DIR, REDACT_PROJECTS: ' ' })).toBe(true)
  expect(redactsProjects({ DATA_DIR, REDACT_PROJECTS: 'false' })).toBe(false)
  fs.writeFileSync(file, JSON.stringify({ redact_projects: false }))
  expect(redactsProjects({ DATA_DIR })).toBe(false)
  expect(redactsProjects({ DATA_DIR, REDACT_PROJECTS: 'true' })).toBe(true)
  expect(redactsProjects({ DATA_DIR, REDACT_PROJECTS: 'perhaps' })).toBe(true)
  fs.writeFileSync(file, 'null')
  expect(redactsProjects({ DATA_DIR })).toBe(false)
})
