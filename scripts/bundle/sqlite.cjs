'use strict'
// Stands for better-sqlite3 in a bundle: its small files of JavaScript are part of it, and its package finds the binary of this system.
const fs = require('node:fs')
const { createRequire } = require('node:module')
const path = require('node:path')
const createDatabase = require('../../node_modules/better-sqlite3/lib/database.js')
const SqliteError = require('../../node_modules/better-sqlite3/lib/sqlite-error.js')

function loadAddon() {
  const outside = createRequire(__filename)
  // In a checkout, and beside the package as npm installs it; else where Node finds it.
  const places = ['../../node_modules', '../../..'].map((place) => path.join(__dirname, place, 'better-sqlite3'))
  const folder = places.find((place) => fs.existsSync(place)) ?? path.dirname(outside.resolve('better-sqlite3/package.json'))
  const usual = path.join(folder, 'prebuilds', `${process.platform}-${process.arch}.node`)
  // The package itself knows what else there may be: another C library, a binary that was compiled here. Asking it costs a
  // tenth of an empty Node's start.
  const isUsual = !fs.existsSync(path.join(folder, 'build')) && fs.existsSync(usual) && !hasMusl()
  return isUsual ? outside(usual) : outside(path.join(folder, 'lib/binding.js')).getBinding()
}

/** Whether this Linux has the other C library, as the only one or beside glibc. */
function hasMusl() {
  const architectures = { x64: 'x86_64', arm64: 'aarch64' }
  return process.platform === 'linux' && fs.existsSync(`/lib/ld-musl-${architectures[process.arch]}.so.1`)
}

module.exports = createDatabase(loadAddon, false)
module.exports.SqliteError = SqliteError
