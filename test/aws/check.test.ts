import { execFile } from 'node:child_process'
import http from 'node:http'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { repositoryRoot } from '../support/repository.ts'
import { startHubProcess } from '../trips/hub-process.ts'

const KEY = 'trip'

/** Runs deploy/aws/check.sh to its end. */
function check(words: string[], env: Record<string, string> = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      path.join(repositoryRoot, 'deploy/aws/check.sh'),
      words,
      { env: { ...process.env, ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

/** A gateway that sends bytes as base64, as API Gateway does without binary media types, and a hub that no tick calls. */
async function startPoorGateway(hub: string): Promise<string> {
  const server = http.createServer((request, reply) => {
    const to = http.request(`${hub}${request.url}`, { method: request.method!, headers: request.headers }, (answer) => {
      const { 'content-length': length, ...headers } = answer.headers
      const isImage = headers['content-type'] === 'image/png'
      reply.writeHead(answer.statusCode!, isImage || length === undefined ? headers : { ...headers, 'content-length': length })
      if (!isImage) return answer.pipe(reply)
      return answer.toArray().then((parts) => reply.end(Buffer.concat(parts).toString('base64')))
    })
    to.on('error', () => reply.destroy())
    if (request.url?.startsWith('/api/alerts')) return reply.end('[]')
    return request.pipe(to)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

it('check.sh walks 40 requests and the tick, leaves nothing behind, and says what is wrong with a deployment', {
  timeout: 180_000,
}, async () => {
  const { url, ask } = await startHubProcess({})
  const well = await check(['dev', url, KEY], { TICK_WAIT_S: '90' })
  expect(well.stdout.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([])
  expect(well).toMatchObject({ code: 0, stderr: '' })
  expect(well.stdout.match(/^ok {3}/gm)).toHaveLength(40)
  expect(well.stdout).toMatch(/^tick: ok/m)
  for (const list of ['/machines', '/sessions']) expect((await ask('GET', list)).body).toEqual([])
  const rules = (await ask<{ kind: string }[]>('GET', '/api/alert-rules')).body
  expect(rules.map(({ kind }) => kind)).not.toContain('no_free_slot')

  const poor = await check(['dev', await startPoorGateway(url), KEY], { TICK_WAIT_S: '1' })
  expect(poor.code).toBe(1)
  expect(poor.stdout.match(/^FAIL.*$/gm)).toEqual([expect.stringMatching(/an image, as bytes: .*another encoding/)])
  expect(poor.stdout).toMatch(/^tick: FAIL, no alert was opened/m)
  expect(poor.stdout).toContain('39 of 40 requests are right')

  const wrongKey = await check(['dev', url, 'another'])
  expect(wrongKey).toMatchObject({ code: 2, stderr: `${url} refuses the key (401).\n` })
  const unreachable = await check(['dev', `http://127.0.0.1:${await freePort()}`, KEY])
  expect(unreachable).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be reached') })
  const otherStage = await check(['dev', 'https://abc.execute-api.eu-central-1.amazonaws.com/production', KEY])
  expect(otherStage).toMatchObject({ code: 2, stderr: expect.stringContaining('not the address of the stage dev') })
  expect(await check(['dev'])).toMatchObject({ code: 2, stderr: expect.stringContaining('usage: deploy/aws/check.sh STAGE URL KEY') })
})
