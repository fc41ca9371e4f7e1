/**
 * No answer came. `refused`: it never will until a person changes a setting; `failed`: the next attempt may succeed.
 * The message names the host, never the address: that may be a secret.
 */
export class WireError extends Error {
  readonly outcome: 'refused' | 'failed'

  constructor(outcome: 'refused' | 'failed', message: string, options?: ErrorOptions) {
    super(message, options)
    this.outcome = outcome
  }
}

/** What stood in the way of a request, in words for people. */
export function connectionProblem(error: unknown, host: string): string {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const words = problems.find(([codes]) => codes.test(code))?.[1]
  if (words !== undefined) return `${host} ${words} (${code}).`
  return code === '' ? `The request to ${host} failed: ${message.slice(0, 200)}` : `The request to ${host} failed (${code}).`
}

const problems: readonly (readonly [RegExp, string])[] = [
  [/^(ENOTFOUND|EAI_\w+)$/, 'has no address: its name cannot be resolved'],
  [/^ECONNREFUSED$/, 'refuses connections'],
  [/^(ECONNRESET|EPIPE)$/, 'closed the connection without an answer'],
  [/^(ETIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT)$/, 'cannot be reached in time'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'cannot be reached from here'],
  [/^(HPE_\w+)$/, 'does not answer in HTTP'],
  [/^(ERR_SSL_\w+|EPROTO)$/, 'does not speak TLS as it should'],
  [/^(CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+|ERR_TLS_CERT_ALTNAME_INVALID|DEPTH_ZERO_\w+)$/, 'has a certificate that is not valid'],
  [/^ERR_PROXY_\w+$/, 'cannot be reached through the outgoing proxy'],
]
