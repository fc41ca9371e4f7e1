import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { tempFolder } from './temp.ts'

export interface Certificate {
  /** The file of the certificate, which signs itself: a client that trusts it takes it for its own root. */
  readonly certificate: string
  readonly key: string
}

/** Whether certificates can be made here: Node itself makes none. */
export const canMakeCertificates = spawnSync('openssl', ['version']).status === 0

/** Makes a certificate for these hosts, in files that are removed with the test. */
export function makeCertificate(hosts: readonly string[], days?: number): Certificate {
  return makeCertificateIn(tempFolder(), hosts, days)
}

/** The same, in a folder of the caller. */
export function makeCertificateIn(folder: string, hosts: readonly string[], days = 2): Certificate {
  const [certificate, key] = [path.join(folder, 'crt'), path.join(folder, 'key')]
  const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`
  const subject = ['-subj', `/CN=${hosts[0]}`, '-addext', names]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      String(days),
      ...subject,
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  )
  return { certificate, key }
}
