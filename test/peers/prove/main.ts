import { proveWithApprise } from './apprise.ts'
import { Checks } from './check.ts'
import { proveWithMailpit } from './mailpit.ts'
import { mailpitProgram, pythonWithPackages } from './programs.ts'
import { proveWithStandardWebhooks } from './standard-webhooks.ts'

/**
 * Channels and peers against programs of other authors, on this machine only: Apprise calibrates the peers, the Python library of
 * Standard Webhooks verifies, Mailpit receives and refuses. It ends with 1 when anything is wrong; what cannot be had is skipped.
 */
const checks = new Checks()
const python = pythonWithPackages()
if (python === undefined) checks.skip('Apprise and Standard Webhooks', 'python3 with venv and its packages cannot be had')
else {
  await proveWithApprise(checks, python)
  await proveWithStandardWebhooks(checks, python)
}
const mailpit = mailpitProgram()
if (mailpit === undefined) checks.skip('Mailpit', 'it needs Go')
else await proveWithMailpit(checks, mailpit)

console.log(checks.failed === 0 ? 'all right' : `${checks.failed} wrong`)
process.exitCode = checks.failed === 0 ? 0 : 1
