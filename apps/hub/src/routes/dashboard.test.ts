import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openHub } from '../../test/open-hub.ts'

function built(): string {
  const folder = tempFolder()
  fs.mkdirSync(path.join(folder, 'assets'))
  fs.writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>page</title>')
  fs.writeFileSync(path.join(folder, 'assets/main-3f9a.js'), 'x'.repeat(5_000))
  fs.writeFileSync(path.join(folder, 'icon.svg'), '<svg/>')
  fs.writeFileSync(path.join(folder, 'secret.json'), '{}')
  return folder
}

it('every address of the page answers the page, under a strict policy', async () => {
  const hub = await openHub({ dashboard: built() })
  for (const url of ['/app', '/app/', '/app/usage?group=day', '/app/sessions/7', '/widget', '/widget/x']) {
    const answer = await hub.knock({ url })
    expect([answer.statusCode, answer.body], url).toEqual([200, '<!doctype html><title>page</title>'])
    expect(answer.headers['cache-control']).toBe('no-cache')
    const policy = answer.headers['content-security-policy'] as string
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  }
  const root = await hub.knock({ url: '/' })
  expect([root.statusCode, root.headers.location]).toEqual([302, '/app'])
})

it('where it is not built, the log says what to run', async () => {
  const hub = await openHub({ dashboard: path.join(tempFolder(), 'dist') })
  expect(hub.log.filter(({ level }) => level === 'WARN')).toEqual([
    expect.objectContaining({ msg: expect.stringContaining('npm run build') }),
  ])
  expect((await openHub({ dashboard: built() })).log.filter(({ level }) => level === 'WARN')).toEqual([])
  expect((await hub.knock({ url: '/app' })).statusCode).toBe(503)
})

it('files with a hash in their name are kept for ever, others are asked for again', async () => {
  const hub = await openHub({ dashboard: built() })
  const asset = await hub.knock({ url: '/assets/main-3f9a.js', headers: { 'accept-encoding': 'gzip' } })
  expect([asset.statusCode, asset.headers['cache-control'], asset.headers['content-encoding']]).toEqual([
    200,
    'public, max-age=31536000, immutable',
    'gzip',
  ])
  const icon = await hub.knock({ url: '/icon.svg' })
  expect([icon.statusCode, icon.headers['cache-control'], icon.headers['content-type']]).toEqual([200, 'no-cache', 'image/svg+xml'])
})

it('nothing else of the folder or of the disk is served', async () => {
  const hub = await openHub({ dashboard: built() })
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
    const answer = await hub.knock({ url })
    expect(answer.statusCode, url).toBeGreaterThanOrEqual(400)
    expect(answer.json(), url).toMatchObject({ statusCode: answer.statusCode, error: expect.any(String), request_id: expect.any(String) })
  }
})

it('a page that is not built says what to do', async () => {
  const hub = await openHub({ dashboard: path.join(tempFolder(), 'none') })
  const answer = await hub.knock({ url: '/app' })
  expect([answer.statusCode, answer.json().error, answer.json().suggestion]).toEqual([
    503,
    'unavailable',
    'Run "npm run build" and load this page again.',
  ])
})
