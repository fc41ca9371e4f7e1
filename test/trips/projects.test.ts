import fs from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { git, makeRepository } from '../support/git.ts'
import { tempFolder } from '../support/temp.ts'
import { startBox, startCli, until } from './box.ts'

// From a worktree of a real repository to a row of the hub, through the real collector; and the same row in the terminal.

const shop = 'github.com/acme/shop'

it.each(['false', 'true'])(
  'a repository is one row for hub and terminal, also after its worktrees are gone; with hashes: %s',
  async (redact) => {
    const home = tempFolder()
    const [claude, dataDir] = [path.join(home, 'claude'), path.join(home, 'data')]
    const root = makeRepository(path.join(home, 'shop'), 'git@github.com:acme/shop.git')
    const worktrees = [path.join(root, '.claude', 'worktrees', 'calm-fox-77'), path.join(home, 'elsewhere', 'feature')]
    for (const worktree of worktrees) git(root, 'worktree', 'add', '--quiet', '-b', path.basename(worktree), worktree)
    let count = 0
    const use = (...folders: string[]) => {
      const lines = folders.map((cwd) => {
        count++
        const message = { id: `msg_${count}`, model: 'claude-opus-5-5', usage: { input_tokens: 1_000, output_tokens: 10 } }
        return `${JSON.stringify({ type: 'assistant', timestamp: new Date().toISOString(), uuid: `u${count}`, sessionId: 's', cwd, message })}\n`
      })
      fs.mkdirSync(path.join(claude, 'projects', 'p'), { recursive: true })
      fs.appendFileSync(path.join(claude, 'projects', 'p', 's.jsonl'), lines.join(''))
    }
    const options = { claude, dataDir, env: { REDACT_PROJECTS: redact, MACHINE_ID: 'box' } }
    use(root, path.join(root, 'packages', 'api'), ...worktrees)
    const box = await startBox(options)
    onTestFinished(async () => void (await box.child.stop('SIGINT')))
    const rows = async () => (await box.report({ group: 'project' })).rows
    const [row, ...others] = await until(rows, (found) => found[0]?.calls === 4)
    expect(others).toEqual([])
    expect(row!.project).toMatch(redact === 'true' ? /^redacted-[0-9a-f]{16}$/ : new RegExp(`^${shop}$`))
    expect((await box.report({ group: 'folder', project: row!.project! })).rows).toHaveLength(4)

    for (const worktree of worktrees) git(root, 'worktree', 'remove', worktree)
    use(...worktrees)
    const [later] = await until(rows, (found) => found.reduce((sum, { calls }) => sum + calls, 0) === 6)
    expect([later!.project, later!.calls]).toEqual([row!.project, 6])

    const { code, stdout } = await startCli(['usage', 'project', '--json'], options).finished
    expect(code).toBe(0)
    expect(JSON.parse(stdout).rows).toMatchObject([{ project: shop, short_name: 'shop', calls: 6 }])
  },
)
