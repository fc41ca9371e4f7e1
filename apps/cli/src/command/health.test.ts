import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { runCommand } from '../cli.suite.ts'
import { openHubFixture } from '../hub.suite.ts'

test('a hub that is ready ends it with 0, without a key; one that stops or is gone ends it with 1', async () => {
  const { url, hub, run } = await openHubFixture()
  const noKey = { SIGNALBOX_API_KEY: '' }
  expect(await run(['health'], noKey)).toMatchObject({ code: 0, stdout: `The hub at ${url} is ready.\n`, stderr: '' })
  const json = await run(['health', '--json'], noKey)
  expect([json.code, JSON.parse(json.stdout)]).toMatchObject([0, { ready: true }])
  await hub.store.close()
  const failed = await run(['health'], noKey)
  expect([failed.code, failed.stdout]).toEqual([1, ''])
  expect(failed.stderr).toContain('is not ready: store unavailable.')
  await hub.app.close()
  const gone = await run(['health'], noKey)
  expect([gone.code, gone.stdout]).toEqual([1, ''])
  expect(gone.stderr).toMatch(/does not answer \(\w+\); the address is from SIGNALBOX_URL\./)
})

test('something else at that address is no hub that is ready', async () => {
  const server = createServer((_request, response) => void response.end('hello \u001b[2J'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const SIGNALBOX_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { code, stderr } = await runCommand(tempFolder(), ['health'], { SIGNALBOX_URL })
  expect([code, stderr]).toEqual([1, `signalbox: the hub at ${SIGNALBOX_URL} is not ready: it answers with 200.\n`])
})
