/** What curl and Node read, in the order in which Node takes them. */
const NAMES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const
/** No proxy can reach the caller's own machine. */
const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]', '::1']

/**
 * Sends the requests of this process through the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name, as curl does; Node
 * does so only when asked. Call it before the first request.
 * @returns a warning, when the proxy is ignored because Node is too old
 */
export async function useOutgoingProxy(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const name = NAMES.find((one) => (env[one] ?? '').trim() !== '')
  if (name === undefined) return undefined
  // Loaded only here: most processes have no proxy, and the short ones are counted in milliseconds.
  const { setGlobalProxyFromEnv } = (await import('node:http')) as { setGlobalProxyFromEnv?: (env: NodeJS.ProcessEnv) => void }
  if (setGlobalProxyFromEnv === undefined) {
    if (env.NODE_USE_ENV_PROXY === '1') return undefined
    return `${name} is set, and Node ${process.versions.node} uses it only with NODE_USE_ENV_PROXY=1 (from 22.21 on); Node 24.14 and newer need nothing.`
  }
  const without = [env.no_proxy ?? env.NO_PROXY ?? '', ...THIS_MACHINE].filter((entry) => entry !== '').join(',')
  setGlobalProxyFromEnv({ ...env, no_proxy: without, NO_PROXY: without })
  return undefined
}
