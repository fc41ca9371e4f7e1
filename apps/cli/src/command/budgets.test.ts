import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { runCommand } from '../cli.suite.ts'
import { openHubFixture } from '../hub.suite.ts'

test('budgets are added, listed, changed, raised and removed, by their names', async () => {
  const { run, json, client } = await openHubFixture()
  expect((await run(['budgets'])).stdout).toContain('There is no budget')
  const { stdout: id } = await run(['budgets', 'add', 'Shop', '--day', '25', '--project', 'shop', 'shop-*', '--soft', '50'])
  const [made] = await client.listBudgets()
  expect(made).toMatchObject({
    budget_id: id.trim(),
    amount_usd: 25,
    soft_percent: 50,
    filter: { project_id: ['shop', 'shop-*'] },
  })
  const { stdout } = await run(['budgets', 'list'])
  for (const words of ['Shop', 'day', 'shop, shop-*', '$0.00', '$25.00', 'open']) expect(stdout).toContain(words)
  expect(await json(['budgets', 'list'])).toEqual(await client.listBudgets())
  await run(['budgets', 'change', 'shop', '--amount', '30', '--soft', '0'])
  expect((await client.listBudgets())[0]).toMatchObject({ line: 30 })
  expect((await client.listBudgets())[0]).not.toHaveProperty('soft_percent')
  expect((await run(['budgets', 'go-on', 'SHOP', '5'])).stdout).toContain('the line is $35.00 until ')
  expect((await run(['budgets', 'link', id.trim(), '5'])).stdout).toMatch(/^http.*\/b\/\S+\n$/)
  const { stdout: other } = await run(['budgets', 'add', 'Shop', '--week', '90'])
  const ambiguous = await run(['budgets', 'remove', 'Shop'])
  expect(ambiguous.stderr).toContain(`${id.trim()} (day, $35.00)`)
  expect(ambiguous.stderr).toContain(`${other.trim()} (week, $90.00)`)
  await run(['budgets', 'remove', other.trim()])
  expect((await run(['budgets', 'remove', 'Shop'])).stdout).toContain('removed')
  expect(await client.listBudgets()).toEqual([])
  expect(await run(['budgets', 'go-on', 'Shop', '5'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no budget Shop'),
  })
})

test('a budget has one line, and a session does not raise its own', async () => {
  const { run } = await openHubFixture()
  expect(await run(['budgets', 'add', 'Two', '--day', '5', '--week', '5'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('a budget has one hard line'),
  })
  expect((await run(['budgets', 'add', 'None'])).code).toBe(2)
  const inside = await runCommand(tempFolder(), ['budgets', 'go-on', 'Shop', '5'], { CLAUDECODE: '1' })
  expect(inside).toMatchObject({ code: 1, stderr: expect.stringContaining('a session cannot answer itself') })
})

test('budgets hold sessions of a machine where that is switched on', async () => {
  const folder = tempFolder()
  const run = (...words: string[]) => runCommand(folder, ['hooks', 'budgets', ...words])
  expect(await run('status')).toMatchObject({ code: 1, stdout: expect.stringContaining('Off.') })
  const on = (await run('on')).stdout
  expect(on).toContain('On: at the hard line of a budget')
  expect(on).toContain('neither the plugin nor the hooks')
  expect(await run('status')).toMatchObject({ code: 0, stdout: expect.stringContaining('No collector runs for it') })
  const { stdout } = await run('status', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    on: true,
    folder: path.join(folder, 'data', 'budgets'),
    collector: false,
    near: false,
    hooks: false,
  })
  expect(await runCommand(folder, ['hooks', 'install'])).toMatchObject({ code: 0 })
  expect((await run('status')).stdout).not.toContain('neither the plugin nor the hooks')
  expect((await run('off')).stdout).toContain('Off: budgets hold no session')
  expect((await run('status')).code).toBe(1)
})
