import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { buildPlugin } from '../../../scripts/plugin/bundle.mjs'
import { run } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'

const folder = path.resolve(import.meta.dirname, '../dist')

it('the bundled files in git are those of the sources; run `npm run build:plugin` after a change', async () => {
  const built = await buildPlugin()
  expect(fs.readdirSync(folder).sort()).toEqual(built.map(([name]) => name).sort())
  for (const [name, text] of built) expect(fs.readFileSync(path.join(folder, name), 'utf8') === text, name).toBe(true)
})

it('they need no package: a copy of the plugin works where there is none', async () => {
  const copy = path.join(tempFolder(), 'plugin')
  fs.cpSync(path.dirname(folder), copy, { recursive: true })
  const hook = await run(process.execPath, [path.join(copy, 'dist/observe.mjs')], {
    env: { CLAUDE_PLUGIN_DATA: copy, PATH: '' },
    input: '',
  })
  expect(hook).toMatchObject({ code: 0, stdout: '', stderr: '' })
  const env = { ...process.env, CLAUDE_PLUGIN_DATA: path.join(copy, 'data'), SIGNALBOX_URL: 'http://127.0.0.1:9', SIGNALBOX_API_KEY: '' }
  const report = await run(process.execPath, [path.join(copy, 'dist/report.mjs')], { env })
  expect(report).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('Nothing has been sent yet'),
  })
  // In a process of its own: zod's registry is one for a whole process, and the schemas of the bundle would be in it twice.
  const script = `const { answerToolRequest } = await import(process.argv[1])
    const call = { name: 'hub_health', arguments: {} }
    console.log(JSON.stringify(await answerToolRequest('tools/call', call, { env: process.env, sessionId: undefined })))`
  const tools = pathToFileURL(path.join(copy, 'dist/tools.mjs')).href
  const answer = await run(process.execPath, ['--input-type=module', '--eval', script, tools], { env })
  expect(JSON.parse(answer.stdout)).toMatchObject({ isError: true })
})
