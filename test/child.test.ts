import { expect, onTestFinished, test } from 'vitest'
import { run, startNode } from './support/child.ts'

const waits = `
  process.on('SIGTERM', () => { console.error('bye'); process.exit(3) })
  console.log('listening on http://127.0.0.1:' + 4321)
  process.send?.({ listening: 'http://127.0.0.1:4321' })
  setInterval(() => {}, 1000)
`

test('a child is awaited by a line and a message, and stopped by a signal', async () => {
  const child = startNode(['-e', waits], { ipc: true })
  onTestFinished(async () => {
    await child.stop('SIGKILL')
  })
  expect((await child.line(/listening on (\S+)/))[1]).toBe('http://127.0.0.1:4321')
  const address = await child.message((message) => (message as { listening?: string }).listening)
  expect(address).toBe('http://127.0.0.1:4321')
  const finished = await child.stop()
  expect(finished).toMatchObject({ code: 3, stderr: 'bye\n' })
  expect(await child.stop()).toBe(finished)
})

test('waiting for a line of a child that ends without it fails with its output', async () => {
  const child = startNode(['-e', 'console.error("port taken"); process.exitCode = 1'])
  await expect(child.line(/listening/)).rejects.toThrow(/ended \(1\).*port taken/s)
})

test('starting a missing program fails', async () => {
  await expect(run('signalbox-no-such-program', [])).rejects.toThrow(/ENOENT/)
})

test('a child gets the given input and environment', async () => {
  const code = 'process.stdin.pipe(process.stdout); process.stdin.on("end", () => console.log(process.env.GIVEN, process.env.HOME))'
  const { stdout } = await run(process.execPath, ['-e', code], { input: 'in\n', env: { GIVEN: 'yes', HOME: undefined } })
  expect(stdout).toBe('in\nyes undefined\n')
})
