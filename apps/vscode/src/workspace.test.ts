import { expect, it } from 'vitest'
import { isOfWorkspace } from './workspace.ts'

const shop = { path: '/home/ada/shop', name: 'shop', projectId: '' }

it.each([
  ['/home/ada/shop', true],
  ['/home/ada/shop/', true],
  ['/home/ada/shop/packages/api', true],
  ['/home/ada/shop/.claude/worktrees/fix', true],
  ['/home/ada/shop-2', false],
  ['/home/ada', false],
  ['shop', true],
  ['github.com/acme/shop', true],
  ['workshop', false],
])('a folder has the sessions in it, in its worktrees, and of its name: %s %s', (project, expected) => {
  expect(isOfWorkspace(project, [shop])).toBe(expected)
})

it('a folder in a repository has the sessions of the repository, and a home folder has not those of all projects in it', () => {
  expect(isOfWorkspace('/home/ada/shop', [{ ...shop, path: '/home/ada/shop/packages/api', name: 'api' }])).toBe(true)
  expect(isOfWorkspace('/home/ada/shop', [{ ...shop, path: '/home/ada', name: 'ada' }])).toBe(false)
  expect(isOfWorkspace('/home/ada', [{ ...shop, path: '/home/ada', name: 'ada' }])).toBe(true)
})

it('on Windows the case of a path says nothing', () => {
  const folder = { path: 'c:\\Users\\ada\\shop', name: 'shop', projectId: '' }
  expect(isOfWorkspace('C:\\Users\\Ada\\Shop', [folder])).toBe(true)
  expect(isOfWorkspace('C:\\Users\\Ada\\Shop\\api', [folder])).toBe(true)
  expect(isOfWorkspace('C:\\Users\\Ada\\Shopping', [folder])).toBe(false)
})

it('where the settings name the project, only that one counts; each folder of a window has its own', () => {
  const named = { ...shop, projectId: 'acme-shop' }
  expect(isOfWorkspace('acme-shop', [named])).toBe(true)
  expect(isOfWorkspace('/home/ada/shop', [named])).toBe(false)
  expect(isOfWorkspace('/home/ada/blog', [named, { path: '/home/ada/blog', name: 'blog', projectId: '' }])).toBe(true)
  expect(isOfWorkspace('acme-shop', [])).toBe(false)
})
