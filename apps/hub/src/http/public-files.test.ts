import fs from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openHub } from '../../test/open-hub.ts'

it('a file that a package has only compressed is served in every form', async () => {
  const folder = path.join(tempFolder(), 'dist')
  const text = 'export const greeting = "good morning"\n'.repeat(200)
  fs.mkdirSync(path.join(folder, 'assets'), { recursive: true })
  fs.writeFileSync(path.join(folder, 'index.html'), '<script src="./assets/main.js"></script>')
  fs.writeFileSync(path.join(folder, 'assets/main.js.br'), brotliCompressSync(text))
  const hub = await openHub({ dashboard: folder })
  const read = { br: brotliDecompressSync, gzip: gunzipSync, identity: (content: Buffer) => content }
  for (const [encoding, decode] of Object.entries(read)) {
    const answer = await hub.app.inject({ url: '/assets/main.js', headers: { 'accept-encoding': encoding } })
    expect([answer.statusCode, answer.headers['content-encoding'] ?? 'identity']).toEqual([200, encoding])
    expect(decode(answer.rawPayload).toString()).toBe(text)
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8')
  }
  expect((await hub.app.inject('/assets/main.js.br')).statusCode).toBe(404)
})
