// Where the version of Signalbox is written.
import fs from 'node:fs'
import path from 'node:path'

const CHART = 'deploy/helm/signalbox/Chart.yaml'

/** @param {string} root of the checkout @returns {string[]} JSON files with a `version`, relative */
function jsonFiles(root) {
  const workspaces = ['apps', 'packages'].flatMap((folder) =>
    fs.readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}/package.json`),
  )
  const all = ['package.json', ...workspaces, 'apps/claude-plugin/.claude-plugin/plugin.json']
  return all.filter((file) => fs.existsSync(path.join(root, file)))
}

/** @returns {Record<string, string>} the version that each file names */
export function readVersions(root) {
  const versions = Object.fromEntries(
    jsonFiles(root).map((file) => [file, JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).version]),
  )
  const chart = fs.readFileSync(path.join(root, CHART), 'utf8')
  const [, of] = /^version: (.*)$/m.exec(chart) ?? []
  const [, app] = /^appVersion: (.*)$/m.exec(chart) ?? []
  return { ...versions, [CHART]: of === app ? of : `${of} and ${app}` }
}

/** Writes a version into every file, and leaves all else of them as it is. @returns {string[]} the files */
export function writeVersion(root, version) {
  const changed = jsonFiles(root)
  for (const file of changed) replaceIn(path.join(root, file), /^( {2}"version": ")[^"]*(")/m, `$1${version}$2`)
  replaceIn(path.join(root, CHART), /^(version: |appVersion: ).*$/gm, `$1${version}`)
  return [...changed, CHART]
}

/** Apart: a changed lock file makes setup install every package again. @returns {string} the file */
export function writeLockVersion(root, version) {
  const file = path.join(root, 'package-lock.json')
  const lock = JSON.parse(fs.readFileSync(file, 'utf8'))
  lock.version = version
  for (const folder of ['', ...jsonFiles(root).map((name) => path.posix.dirname(name))]) {
    if (lock.packages[folder]?.version !== undefined) lock.packages[folder].version = version
  }
  fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  return 'package-lock.json'
}

function replaceIn(file, pattern, replacement) {
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(pattern, replacement))
}
