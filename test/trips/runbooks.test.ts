import { expect, onTestFinished, test } from 'vitest'
import { allRules } from '../../deploy/monitoring/rules.ts'
import { table } from '../../deploy/monitoring/table.ts'
import { missingLitestream } from '../../scripts/setup/litestream.mjs'
import { startPeer } from '../peers/peer.ts'
import { filesOf, textOf } from '../support/repository.ts'
import { expectOutput, litestream, prepareMachine } from '../support/runbook-machine.ts'

// Every block of these documents that is marked `runbook` runs as it stands, in the order of the document, on one hub.

interface Runbook {
  readonly title: string
  readonly blocks: readonly Block[]
}

interface Block {
  readonly text: string
  /** A program that it needs beside Signalbox. */
  readonly needs: string | undefined
}

/** Of these there is nothing to run here: another server, or a command that is a test of its own. */
const NOT_RUN = ['Move to MongoDB and back', 'More hubs', 'The disaster drill']

function readRunbooks(text: string): Runbook[] {
  const [start = '', ...sections] = text.split(/^## /m)
  return [start.replace(/^# .*\n/, 'Start\n'), ...sections].map((section) => ({
    title: section.slice(0, section.indexOf('\n')),
    blocks: [...section.matchAll(/^```sh runbook(?: (\w+))?\n([\s\S]*?)^```$/gm)].map(([, needs, text]) => ({ needs, text: text! })),
  }))
}

const runbooks = readRunbooks(textOf('docs/RUNBOOKS.md'))
const others = readRunbooks(textOf('docs/SESSION_HEALTH_ENDPOINTS.md'))

test('each runbook has a block that is run', () => {
  const without = runbooks.filter(({ blocks }) => blocks.length === 0).map(({ title }) => title)
  expect(without).toEqual(NOT_RUN)
})

test('each rule of Prometheus names a runbook that there is', () => {
  const anchors = runbooks.map(({ title }) => title.toLowerCase().replaceAll(' ', '-'))
  expect(
    allRules(table)
      .filter(({ runbook }) => !anchors.includes(runbook))
      .map(({ alert }) => alert),
  ).toEqual([])
})

test('what TROUBLESHOOTING.md says that one sees is in the programs', () => {
  const shown = [...textOf('docs/TROUBLESHOOTING.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, text]) => text!)
  expect(shown.length).toBeGreaterThan(15)
  const sources = filesOf('.', (file) => /^(apps|packages)\/[\w-]+\/src\/.*\.tsx?$/.test(file) && !/\.test\.ts$/.test(file)).map(textOf)
  expect(shown.filter((text) => !sources.some((source) => source.includes(text)))).toEqual([])
})

test('each runbook does what it says', async () => {
  const peer = await startPeer(() => ({ status: 200 }))
  onTestFinished(() => peer.close())
  const machine = await prepareMachine(peer.url)
  await machine.run('systemctl --user start signalbox-hub\ncurl -fsS --retry 40 --retry-connrefused --retry-delay 1 "$HUB/health/ready"')
  await machine.run(`signalbox machines add laptop --slots 1,2
signalbox sessions add --project shop --machine laptop`)
  for (const { title, blocks } of [...runbooks, ...others]) {
    for (const { text: block, needs } of blocks) {
      if (needs === 'litestream' && litestream === undefined) {
        if (process.env.CI === 'true') throw new Error(missingLitestream)
        console.warn(`SKIPPED: ${title}: ${missingLitestream}`)
        continue
      }
      const output = await machine.run(block)
      expectOutput(title, block, output)
    }
  }
}, 400_000)
