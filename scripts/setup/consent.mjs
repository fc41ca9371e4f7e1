import { createInterface } from 'node:readline/promises'

/**
 * Whether a package of the operating system may be installed: in CI (`CI=true`) always, else only when the person at the
 * terminal says so. Nothing is installed unasked.
 * @param {string} what such as "the Debian packages chromium and fonts-liberation, with apt-get"
 * @returns {Promise<boolean>}
 */
export async function mayInstall(what, { env = process.env, input = process.stdin, output = process.stdout } = {}) {
  if (env.CI === 'true') {
    output.write(`setup: CI=true, so installing ${what} …\n`)
    return true
  }
  if (!input.isTTY) {
    output.write(`setup: not installing ${what}: there is no terminal to ask on. Install it yourself, or set CI=true.\n`)
    return false
  }
  const lines = createInterface({ input, output })
  try {
    return /^y(es)?$/i.test((await lines.question(`setup: install ${what}? [y/N] `)).trim())
  } finally {
    lines.close()
  }
}
