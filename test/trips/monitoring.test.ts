import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, type TestContext, test } from 'vitest'
import { stringify } from 'yaml'
import { metricsTable, rulesTable } from '../../deploy/monitoring/doc.ts'
import { monitoringFiles } from '../../deploy/monitoring/files.ts'
import { allRules, rulesFile, ruleTests } from '../../deploy/monitoring/rules.ts'
import { table } from '../../deploy/monitoring/table.ts'
import { type DebianProgram, missingProgram, setupDebianProgram } from '../../scripts/setup/debian-program.mjs'
import { createCall, requestHub, sendCalls, startHub, type TestHub } from '../browser/harness.ts'
import { startPeer } from '../peers/peer.ts'
import { makeCertificate } from '../support/certificate.ts'
import { freePort } from '../support/free-port.ts'
import { repositoryRoot, textOf } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'

// The board and the rules of deploy/monitoring, with the real promtool, Prometheus and Alertmanager.

function program(name: DebianProgram, skip: TestContext['skip']): string {
  const found = setupDebianProgram(name)
  if (found !== undefined) return found
  if (process.env.CI === 'true') throw new Error(missingProgram(name))
  return skip(missingProgram(name))
}

test('the files are what the table says, and each rule names a runbook', () => {
  for (const [name, text] of Object.entries(monitoringFiles())) {
    expect(textOf(`deploy/monitoring/${name}`), 'run "npm run monitoring"').toBe(text)
  }
  const names = allRules(table).map(({ alert }) => alert)
  expect(new Set(names).size).toBe(names.length)
  const panels = table.flatMap(({ panels }) => panels)
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
})

test('promtool takes the rules, and each fires on what it is about and on nothing like it', ({ skip }) => {
  const promtool = program('promtool', skip)
  const rules = path.join(repositoryRoot, 'deploy/monitoring/rules.yml')
  const tests = path.join(tempFolder(), 'rules.test.yml')
  fs.writeFileSync(tests, stringify(ruleTests(table, rules)))
  for (const args of [
    ['check', 'rules', rules],
    ['test', 'rules', tests],
  ]) {
    const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8' })
    expect(status, `${stdout}\n${stderr}`).toBe(0)
  }
})

test('a Prometheus that scrapes a hub has a series for every panel, and its Alertmanager gets the alert of a hub that is down', async ({
  skip,
}) => {
  const prometheus = program('prometheus', skip)
  const alertmanager = program('prometheus-alertmanager', skip)
  const receiver = await startPeer(() => ({ status: 200 }))
  onTestFinished(() => receiver.close())
  const { certificate, key } = makeCertificate(['hub.example'])
  const hub = await startHub({
    dataDir: tempFolder(),
    env: {
      ALERT_GROUP_MS: '0',
      HEARTBEAT_URL: `${receiver.url}/alive`,
      HEARTBEAT_STYLE: 'plain',
      TLS_CERT: certificate,
      TLS_KEY: key,
    },
  })
  onTestFinished(() => hub.stop())
  const gone = await freePort()
  const manager = await startAlertmanager(alertmanager, receiver.url)
  const server = await startPrometheus(prometheus, { hub, gone, manager })
  await exercise(hub, receiver.url)

  const empty = async () => {
    const queries = table.flatMap(({ panels }) => panels.flatMap(({ title, queries }) => queries.map(({ expr }) => ({ title, expr }))))
    const answers = await Promise.all(queries.map(async ({ title, expr }) => ((await ask(server, expr)) > 0 ? undefined : title)))
    return answers.filter((title) => title !== undefined)
  }
  await expect.poll(empty, { timeout: 60_000, interval: 500 }).toEqual([])

  await expectDocument(await (await fetch(`${hub.url}/metrics`)).text())

  const firing = () =>
    receiver.accepted.flatMap(
      ({ alerts }) => (alerts as { labels: Record<string, string>; annotations: Record<string, string> }[] | undefined) ?? [],
    )
  await expect
    .poll(() => firing().map(({ labels }) => `${labels.alertname} ${labels.instance}`), { timeout: 60_000 })
    .toContain(`SignalboxHubDown 127.0.0.1:${gone}`)
  expect(firing()[0]?.annotations.runbook).toMatch(/^docs\/RUNBOOKS\.md#/)
})

/** The tables of docs/MONITORING.md are made from the hub's answer and the rules; `UPDATE_DOCS=1` writes them. */
async function expectDocument(metrics: string): Promise<void> {
  const file = 'docs/MONITORING.md'
  const text = textOf(file)
  const expected = [
    ['metrics', metricsTable(metrics)],
    ['rules', rulesTable(table)],
  ].reduce(
    (now, [name, content]) =>
      now.replace(new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`), (_, begin, end) => `${begin}${content}\n${end}`),
    text,
  )
  if (process.env.UPDATE_DOCS === '1') fs.writeFileSync(path.join(repositoryRoot, file), expected)
  else expect(text, 'run the test with UPDATE_DOCS=1').toBe(expected)
}

/** Lets the hub know something of everything that is measured. */
async function exercise(hub: TestHub, url: string): Promise<void> {
  const now = new Date().toISOString()
  await requestHub(hub, 'POST', '/machines', { machine_id: 'laptop', hostname: 'laptop', docker_slots: [1, 2] })
  const { session_id } = await requestHub<{ session_id: string }>(hub, 'POST', '/sessions', { project_id: 'shop', machine_id: 'laptop' })
  await requestHub(hub, 'POST', '/api/claude/console-usage', {
    lastUpdated: now,
    currentSession: { percentageUsed: 41, resetsAt: new Date(Date.now() + 3_600_000).toISOString() },
    source: 'console',
    machine_id: 'laptop',
  })
  await sendCalls(hub, 'laptop', [createCall({ at: now })])
  await requestHub(hub, 'POST', '/api/channels', { kind: 'webhook', name: 'Hook', config: { url } })
  await requestHub(hub, 'POST', `/sessions/${session_id}/mark-failed`, { reason: 'It crashed' })
}

/** @returns how many series an expression has */
async function ask(server: string, expr: string): Promise<number> {
  const answer = await fetch(`${server}/api/v1/query?${new URLSearchParams({ query: expr })}`)
  const { status, data, error } = (await answer.json()) as { status: string; error?: string; data?: { result: unknown[] } }
  if (status !== 'success') throw new Error(`${expr}: ${error}`)
  return data?.result.length ?? 0
}

async function startAlertmanager(alertmanager: string, receiver: string): Promise<number> {
  const folder = tempFolder()
  const port = await freePort()
  const config = {
    route: { receiver: 'hook', group_wait: '0s', group_interval: '1s' },
    receivers: [{ name: 'hook', webhook_configs: [{ url: receiver }] }],
  }
  fs.writeFileSync(path.join(folder, 'alertmanager.yml'), stringify(config))
  const listen = [`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=']
  await run(
    ...whereItsFilesAre(alertmanager, [`--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/data`, ...listen]),
    port,
  )
  return port
}

/** Debian's Alertmanager reads a template at its place in the system; of an unpacked package, that is mounted for it alone. */
function whereItsFilesAre(alertmanager: string, args: string[]): [string, string[]] {
  const share = path.join(alertmanager, '../../share')
  if (share === '/usr/share') return [alertmanager, args]
  const mount = 'mount --bind "$0" /usr/share && exec "$@"'
  return ['unshare', [process.getuid?.() === 0 ? '-m' : '-rm', 'sh', '-c', mount, share, alertmanager, ...args]]
}

async function startPrometheus(
  prometheus: string,
  { hub, gone, manager }: { hub: TestHub; gone: number; manager: number },
): Promise<string> {
  const folder = tempFolder()
  const port = await freePort()
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
    rule_files: [`${folder}/rules.yml`],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${manager}`] }] }] },
    scrape_configs: [
      {
        job_name: 'signalbox',
        static_configs: [{ targets: [new URL(hub.url).host, `127.0.0.1:${gone}`] }],
      },
    ],
  }
  fs.writeFileSync(path.join(folder, 'prometheus.yml'), stringify(config))
  fs.writeFileSync(path.join(folder, 'rules.yml'), stringify(rulesFile(table, '0s')))
  const listen = `--web.listen-address=127.0.0.1:${port}`
  await run(prometheus, [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, listen, '--log.level=warn'], port)
  return `http://127.0.0.1:${port}`
}

/** Resolves when the program is ready; it ends with the test. */
async function run(command: string, args: string[], port: number): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (output += text))
  onTestFinished(async () => {
    if (child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  })
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok || child.exitCode !== null,
      () => child.exitCode !== null,
    )
  await expect.poll(isReady, { timeout: 60_000 }).toBe(true)
  if (child.exitCode !== null) throw new Error(`${command} ended: ${output}`)
}
