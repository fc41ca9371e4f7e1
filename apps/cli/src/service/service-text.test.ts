import { expect, it } from 'vitest'
import { launchdAgent, collectorService as name, systemdUnit, taskCommand } from './service-text.ts'

const mark = 'Written by a test.'
const strange = { name, mark, command: ['/opt/my "node" 100%/$bin', 'C:\\x', 'collector'], env: { DATA_DIR: '/a b/<&>"\'%h$HOME' } }

it('a unit has every word as it is: nothing in it is a variable, a specifier or an end of a quote', () => {
  const unit = systemdUnit(strange)
  expect(unit).toContain('ExecStart="/opt/my \\"node\\" 100%%/$$bin" "C:\\\\x" "collector"\n')
  expect(unit).toContain('Environment="DATA_DIR=/a b/<&>\\"\'%%h$HOME"\n')
})

it('an agent escapes what XML would read', () => {
  const agent = launchdAgent(strange, '/log')
  expect(agent).toContain('<string>/a b/&lt;&amp;&gt;"\'%h$HOME</string>')
  expect(agent.match(/<string>/g)?.length).toBe(agent.match(/<\/string>/g)?.length)
})

it('the command of a task is quoted word by word', () => {
  expect(taskCommand(['C:\\Program Files\\node.exe', 'D:\\signalbox.mjs', 'collector'])).toBe(
    '"C:\\Program Files\\node.exe" "D:\\signalbox.mjs" "collector"',
  )
})

it('a word that would begin a new line is refused', () => {
  const command = ['/bin/x\nExecStart=/bin/evil']
  for (const make of [
    () => systemdUnit({ name, mark, command, env: {} }),
    () => launchdAgent({ name, mark, command, env: {} }, '/log'),
    () => taskCommand(command),
  ]) {
    expect(make).toThrow(/control character/)
  }
})

it('a unit of the hub reads secrets from a file, and passes on the signal to read its certificate again', () => {
  const unit = systemdUnit({ name, mark, command: ['/bin/x'], env: {}, envFile: '/a b/100%/service.env', reloads: true })
  expect(unit).toContain('EnvironmentFile=-/a b/100%%/service.env\n')
  expect(unit).toContain('ExecReload=/bin/kill -HUP $MAINPID\n')
  expect(systemdUnit({ name, mark, command: ['/bin/x'], env: {} })).not.toMatch(/EnvironmentFile|ExecReload/)
})
