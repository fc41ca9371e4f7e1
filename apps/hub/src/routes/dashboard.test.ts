import { createHook } from 'node:async_hooks'
import fs from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openHub } from '../../test/open-hub.ts'

function buildFolder(): string {
  const folder = tempFolder()
  fs.mkdirSync(path.join(folder, 'assets'))
  fs.writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>page</title>')
  fs.writeFileSync(path.join(folder, 'assets/main-3f9a.js'), 'x'.repeat(5_000))
  fs.writeFileSync(path.join(folder, 'icon.svg'), '<svg/>')
  fs.writeFileSync(path.join(folder, 'secret.json'), '{}')
  return folder
}

it('every route of the page answers with the page, under a strict policy', async () => {
  const hub = await openHub({ dashboard: buildFolder() })
  for (const url of ['/app', '/app/', '/app/usage?group=day', '/app/sessions/7', '/widget', '/widget/x']) {
    const answer = await hub.inject({ url })
    expect([answer.statusCode, answer.body], url).toEqual([200, '<!doctype html><title>page</title>'])
    expect(answer.headers['cache-control']).toBe('no-cache')
    const policy = answer.headers['content-security-policy'] as string
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  }
  const root = await hub.inject({ url: '/' })
  expect([root.statusCode, root.headers.location]).toEqual([302, '/app'])
})

it('the page names its files below the path at which the browser sees the hub, also when it is built anew', async () => {
  const folder = tempFolder()
  const write = (name: string) => fs.writeFileSync(path.join(folder, 'index.html'), `<script src="./assets/${name}.js"></script>`)
  write('one')
  const hub = await openHub({ dashboard: folder, env: { TRUST_PROXY: 'loopback' } })
  const load = async (prefix?: string) => {
    const headers = prefix === undefined ? {} : { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-prefix': prefix }
    return hub.inject({ url: '/app/usage', headers })
  }
  const [root, a, b] = [await load(), await load('/a'), await load('/b')]
  expect([root, a, b].map(({ body }) => /src="(.*?)"/.exec(body)?.[1])).toEqual(['/assets/one.js', '/a/assets/one.js', '/b/assets/one.js'])
  expect(new Set([root, a, b].map(({ headers }) => headers.etag)).size).toBe(3)
  write('another')
  await expect.poll(async () => (await load('/a')).body, { timeout: 10_000 }).toContain('"/a/assets/another.js"')
})

it('a script has the policy of a worker, and may load only what the hub serves', async () => {
  const folder = buildFolder()
  fs.writeFileSync(path.join(folder, 'push-worker.js'), '')
  const hub = await openHub({ dashboard: folder })
  const policyOf = async (url: string) => (await hub.inject({ url })).headers['content-security-policy']
  expect(await policyOf('/assets/main-3f9a.js')).toBe("default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'")
  expect(await policyOf('/assets/none.js')).not.toContain('script-src')
  // The worker of notifications is at the root.
  expect(await policyOf('/push-worker.js')).toContain("connect-src 'self'")
})

it('a missing build is logged with the command to run', async () => {
  const hub = await openHub({ dashboard: path.join(tempFolder(), 'dist') })
  expect(hub.log.filter(({ level }) => level === 'WARN')).toEqual([
    expect.objectContaining({ msg: expect.stringContaining('npm run build') }),
  ])
  expect((await openHub({ dashboard: buildFolder() })).log.filter(({ level }) => level === 'WARN')).toEqual([])
  expect((await hub.inject({ url: '/app' })).statusCode).toBe(503)
})

it('files with a hash in their name are cached for ever, others are revalidated', async () => {
  const hub = await openHub({ dashboard: buildFolder() })
  const asset = await hub.inject({ url: '/assets/main-3f9a.js', headers: { 'accept-encoding': 'gzip' } })
  expect([asset.statusCode, asset.headers['cache-control'], asset.headers['content-encoding']]).toEqual([
    200,
    'public, max-age=31536000, immutable',
    'gzip',
  ])
  const icon = await hub.inject({ url: '/icon.svg' })
  expect([icon.statusCode, icon.headers['cache-control'], icon.headers['content-type']]).toEqual([200, 'no-cache', 'image/svg+xml'])
})

it('a file that the build has compressed is sent as the build left it', async () => {
  const folder = buildFolder()
  const file = path.join(folder, 'assets/main-3f9a.js')
  // No compression gives these bytes: the hub does not look into them.
  fs.writeFileSync(`${file}.br`, 'brotli of the build')
  fs.writeFileSync(`${file}.gz`, 'gzip of the build')
  const hub = await openHub({ dashboard: folder })
  const get = async (accepted?: string) => {
    const answer = await hub.inject({
      url: '/assets/main-3f9a.js',
      headers: accepted === undefined ? {} : { 'accept-encoding': accepted },
    })
    return [answer.headers['content-encoding'], answer.rawPayload.toString()]
  }
  expect(await get('br')).toEqual(['br', 'brotli of the build'])
  expect(await get('gzip, deflate, br, zstd')).toEqual(['br', 'brotli of the build'])
  expect(await get('br;q=0, gzip')).toEqual(['gzip', 'gzip of the build'])
  expect(await get()).toEqual([undefined, 'x'.repeat(5_000)])
})

it('a file that the build has not compressed is compressed once, however many ask for it', async () => {
  const hub = await openHub({ dashboard: buildFolder() })
  let compressions = 0
  const hook = createHook({
    init(_, type) {
      if (type === 'ZLIB') compressions++
    },
  }).enable()
  onTestFinished(() => void hook.disable())
  const ask = () => hub.inject({ url: '/assets/main-3f9a.js', headers: { 'accept-encoding': 'gzip' } })
  const answers = [...(await Promise.all(Array.from({ length: 20 }, ask))), await ask()]
  expect(compressions).toBe(1)
  hook.disable()
  for (const { rawPayload } of answers) expect(gunzipSync(rawPayload).toString()).toBe('x'.repeat(5_000))
})

it('no other file of the folder or the disk is served', async () => {
  const hub = await openHub({ dashboard: buildFolder() })
  for (const url of [
    '/secret.json',
    '/assets/none.js',
    '/assets/../index.html',
    '/assets/%2e%2e/index.html',
    '/assets/..%2findex.html',
    '/assets/%2e%2e%2f%2e%2e%2fetc/passwd',
    '/assets/',
    '/none.svg',
    '/..%2ficon.svg',
  ]) {
    const answer = await hub.inject({ url })
    expect(answer.statusCode, url).toBeGreaterThanOrEqual(400)
    expect(answer.json(), url).toMatchObject({ statusCode: answer.statusCode, error: expect.any(String), request_id: expect.any(String) })
  }
})

it('a page without a build answers with the command to run', async () => {
  const hub = await openHub({ dashboard: path.join(tempFolder(), 'none') })
  const answer = await hub.inject({ url: '/app' })
  expect([answer.statusCode, answer.json().error, answer.json().suggestion]).toEqual([
    503,
    'unavailable',
    'Run "npm run build" and load this page again.',
  ])
})
