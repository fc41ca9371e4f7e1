import { canMakeCertificates } from '../../support/certificate.ts'
import { proveWithAiosmtpd } from './aiosmtpd.ts'
import { proveWithApprise } from './apprise.ts'
import { Checks } from './check.ts'
import { proveWithNotifySend } from './desktop.ts'
import { proveWithFirefox } from './firefox.ts'
import { proveWithMailpit } from './mailpit.ts'
import { firefoxProgram, installedProgram, mailpitProgram, pythonWithPackages } from './programs.ts'
import { proveWithStandardWebhooks } from './standard-webhooks.ts'

/**
 * Channels and peers against programs of other authors, on this machine only: Apprise calibrates the peers, the Python library of
 * Standard Webhooks verifies, Mailpit and aiosmtpd receive and refuse, Firefox decrypts and shows. It ends with 1 when anything is wrong; what cannot be had is skipped.
 */
const checks = new Checks()
// Programs that were started end with this one.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => process.exit(1))
const python = pythonWithPackages()
if (python === undefined) checks.skip('Apprise and Standard Webhooks', 'python3 with venv and its packages cannot be had')
else {
  await proveWithApprise(checks, python)
  await proveWithStandardWebhooks(checks, python)
  if (canMakeCertificates) await proveWithAiosmtpd(checks, python)
  else checks.skip('aiosmtpd', 'it needs openssl')
  const isThere = ['notify-send', 'dbus-run-session'].every((name) => installedProgram(name) !== undefined)
  if (isThere) proveWithNotifySend(checks, python)
  else checks.skip('notify-send', 'it needs libnotify-bin and dbus')
}
const mailpit = mailpitProgram()
if (mailpit === undefined) checks.skip('Mailpit', 'it needs Go')
else await proveWithMailpit(checks, mailpit)
const firefox = firefoxProgram()
if (firefox === undefined) checks.skip('Firefox', 'none is installed, and FIREFOX_PATH names none')
else await proveWithFirefox(checks, firefox)

console.log(checks.failed === 0 ? 'all right' : `${checks.failed} wrong`)
process.exit(checks.failed === 0 ? 0 : 1)
