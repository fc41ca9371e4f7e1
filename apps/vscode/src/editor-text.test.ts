import { expect, it } from 'vitest'
import { filesOf, textOf } from '../../../test/support/repository.ts'
import { labelText, messageText } from './editor-text.ts'

it('what a session asks is no link of the editor, and no icon', () => {
  expect(messageText('echo [Answer](command:workbench.action.quit)\u202e')).toBe('echo [Answer] (command:workbench.action.quit)\\u202e')
  expect(labelText('$(check) Allow')).toBe('\\$(check) Allow')
})

it('no notification has text of others as it came', () => {
  const calls = filesOf('apps/vscode/src/editor', (file) => file.endsWith('.ts')).flatMap((file) => [
    ...textOf(file).matchAll(/\bshow(?:Error|Warning|Information)Message\((.*)/g),
  ])
  expect(calls.length).toBeGreaterThan(5)
  // A dialog makes no links.
  const safe = /^(?:'|messageText\(|`\$\{count\} of |purpose === undefined \? ')|\{ modal: true/
  expect(calls.map(([, first = '']) => first).filter((first) => !safe.test(first))).toEqual([])
})
