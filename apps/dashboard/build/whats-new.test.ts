import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { newestPart } from './whats-new.ts'

test('the newest section of a changelog has its parts with their items', () => {
  const text = '# Changelog\n\n## 2.0\n\n### One\n\n- **A**: b\n- c\n### Two\n\ntext\n- d\n### None\n\n## 1.0\n\n### Old\n\n- e\n'
  expect(newestPart(text)).toEqual([
    { title: 'One', items: ['**A**: b', 'c'] },
    { title: 'Two', items: ['d'] },
  ])
})

test('an item is its first sentence, and what was fixed is left out', () => {
  const items = ['**A. B** does `c. d` and f (g. h). More.', 'One? Two.', '**Fixed**: x.', 'v1.2 is here']
  const text = `# Changelog\n\n## 2.0\n\n### One\n\n${items.map((item) => `- ${item}\n`).join('')}`
  expect(newestPart(text)[0]!.items).toEqual(['**A. B** does `c. d` and f (g. h).', 'One?', 'v1.2 is here'])
})

test('that of this version is not empty', () => {
  expect(newestPart(readFileSync(new URL('../../../CHANGELOG.md', import.meta.url), 'utf8')).length).toBeGreaterThan(3)
})
