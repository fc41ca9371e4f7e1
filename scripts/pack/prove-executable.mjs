// Runs the single executable as a stranger does: in a home of its own, far from this checkout, with no Node on the PATH.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A busy machine starts a hub in seconds. */
const START_TIMEOUT_MS = 60_000

/** @throws AssertionError when it does not do what the package does */
export async function proveExecutable(executable) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-executable-'))
  const env = { HOME: home, PATH: '/nowhere', TIMEZONE: 'UTC', PORT: '0', DATA_DIR: path.join(home, 'data') }
  const start = (...words) => spawn(executable, words, { cwd: home, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const run = async (...words) => {
    const child = start(...words)
    const [output, [code]] = await Promise.all([textOf(child.stdout), once(child, 'close')])
    return { code, output }
  }
  try {
    writeTranscript(path.join(home, '.claude/projects/-work-shop'))
    assert.match((await run('--version')).output, /^\d+\.\d+\.\d+\n$/)
    const usage = await run('usage', '--json')
    assert.deepEqual([usage.code, JSON.parse(usage.output).totals.calls], [0, 1])
    const up = start('up')
    const ended = once(up, 'close')
    try {
      const url = await addressOf(up)
      assert.equal((await fetch(`${url}/app`)).status, 200)
      const until = Date.now() + START_TIMEOUT_MS
      let calls = 0
      while (calls !== 1 && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 200))
        calls = (await (await fetch(`${url}/api/usage?timezone=UTC`)).json()).totals?.calls
      }
      assert.equal(calls, 1, 'the collector has not sent the call')
      const doctor = JSON.parse((await run('doctor', '--json')).output)
      assert.deepEqual(
        doctor.findings.filter(({ state }) => state === 'fail'),
        [],
      )
    } finally {
      up.kill('SIGINT')
    }
    assert.deepEqual((await ended)[0], 0)
  } finally {
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

function writeTranscript(folder) {
  const usage = { input_tokens: 10, output_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
  const message = {
    id: 'msg_01proof',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5-5',
    content: [],
    stop_reason: 'end_turn',
    usage,
  }
  const row = { type: 'assistant', timestamp: '2026-11-01T10:00:00.000Z', sessionId: 's-1', requestId: 'req_1', cwd: '/work/shop', message }
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 's-1.jsonl'), `${JSON.stringify(row)}\n`)
}

async function textOf(stream) {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return text
}

async function addressOf({ stdout }) {
  let text = ''
  for await (const chunk of stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += chunk
    const [, url] = /Signalbox is at (http:\/\/\S+)/.exec(text) ?? []
    if (url !== undefined) {
      stdout.resume()
      return url
    }
  }
  throw new Error(`up has ended without an address: ${text}`)
}
