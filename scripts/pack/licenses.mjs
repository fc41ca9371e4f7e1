// The licences of the libraries that are part of a package's files, in one text.
import fs from 'node:fs'
import path from 'node:path'
import { modules } from '../setup/repository.mjs'

/**
 * @param {readonly string[]} libraries names of packages in node_modules
 * @param {readonly string[]} withDependencies others, which take along what they depend on
 */
export function licenseText(libraries, withDependencies) {
  const names = new Set(libraries)
  for (const name of withDependencies) addWithDependencies(name, names)
  const users = new Map()
  for (const name of [...names].sort()) {
    const { version, license } = readManifest(name)
    const text = readLicense(name) ?? `${license}\n`
    // Most differ in the line of the holder alone: one text for all that are the same.
    users.set(text, [...(users.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const parts = [...users].map(([text, packages]) => `${packages.join('\n')}\n\n${text.trim()}\n`)
  return `The files of this package have these libraries in them.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`
}

function addWithDependencies(name, names) {
  if (names.has(name) || !fs.existsSync(path.join(modules, name, 'package.json'))) return
  names.add(name)
  for (const dependency of Object.keys(readManifest(name).dependencies ?? {})) addWithDependencies(dependency, names)
}

function readManifest(name) {
  return JSON.parse(fs.readFileSync(path.join(modules, name, 'package.json'), 'utf8'))
}

function readLicense(name) {
  const folder = path.join(modules, name)
  const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e(?:[.-]|$)/i.test(entry))
  return file === undefined ? undefined : fs.readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n')
}
