import path from 'node:path'
import { expect, test } from 'vitest'
import { textOf } from '../support/repository.ts'
import { expectOutput, prepareMachine } from '../support/runbook-machine.ts'
import { writeTranscripts } from '../support/transcripts.ts'

// Every block of QUICKSTART.md, as one who follows it runs them: in one shell, one after the other.

test('the quickstart does what it says, from the usage of a machine to the end of its hub', async () => {
  const text = textOf('docs/QUICKSTART.md')
  const blocks = [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
  expect(blocks.map(([, language]) => language)).toEqual(blocks.map(() => 'sh quickstart'))
  expect(blocks.length).toBeGreaterThan(4)
  const machine = await prepareMachine()
  writeTranscripts(path.join(machine.folder, '.claude'), { seed: 1, calls: 50 })
  const script = blocks.map(([, , block]) => block!).join('\n')
  expectOutput('QUICKSTART.md', script, await machine.run(script))
}, 400_000)
