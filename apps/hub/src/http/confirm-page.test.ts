import { expect, it } from 'vitest'
import { confirmPage } from './confirm-page.ts'

it('asks with buttons and escapes what others wrote', () => {
  const html = confirmPage({
    title: 'Allow <b>this</b>?',
    lines: ['On “laptop”'],
    details: [{ name: 'Command', text: 'rm -rf "x"\n</pre><script>alert(1)</script>\u202e' }],
    fields: [
      { kind: 'text', name: 'message', label: 'Why', maxLength: 100 },
      { kind: 'choice', name: 'q0', label: 'Which?', several: true, options: [{ value: '0', label: 'A & B', note: 'both' }] },
    ],
    actions: [{ value: 'allow', label: 'Allow' }],
  })
  expect(html).toContain('Allow &lt;b&gt;this&lt;/b&gt;?')
  expect(html).not.toContain('<script>')
  expect(html).not.toContain('\u202e')
  expect(html).toContain('rm -rf &quot;x&quot;\n&lt;/pre&gt;')
  expect(html).toContain('type="checkbox" name="q0.0" value="0"')
  expect(html).toContain('<button name="action" value="allow">Allow</button>')
})

it('has no form where there is nothing to do', () => {
  expect(confirmPage({ title: 'Over', lines: ['Answered.'] })).not.toContain('<form')
})
