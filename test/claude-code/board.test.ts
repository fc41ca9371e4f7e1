import path from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../support/repository.ts'
import { proveBoard } from './board/proof.ts'
import { describeResult } from './board/result.ts'
import { claudeCode, newest, old } from './client.ts'

// The short run. `npm run prove:board` is the long one, with the limits that are promised; see CONTRIBUTING.md.

test('the board equals what eight real clients do, through outages of hub and collector', async ({ skip }) => {
  const clients = await Promise.all([...Array<string>(7).fill(newest), old].map((version) => claudeCode(version, skip)))
  const result = await proveBoard({
    clients,
    persons: 8,
    transitions: 100,
    seed: Math.floor(Math.random() * 1_000_000),
    restMs: 1_000,
    // Longer than promised: other tests run beside this one.
    limits: { state: 5_000, failed: 6_000, facts: 10_000, outage: 20_000 },
    isStretched: true,
    outages: [
      { kind: 'hub killed', afterShare: 0.3, lastsMs: 2_000 },
      { kind: 'collector killed', afterShare: 0.6, lastsMs: 2_000 },
    ],
    plugin: path.join(repositoryRoot, 'apps/claude-plugin'),
    // It ends with the last transition; eight clients on two busy cores need minutes for a hundred.
    timeoutMs: 240_000,
  })
  const description = describeResult(result)
  console.log(description)
  expect(result, description).toMatchObject({ wrong: [], late: [], missing: [], problems: [] })
  expect(result.shown.filter(({ isTransition }) => isTransition).length).toBeGreaterThanOrEqual(100)
}, 480_000)
