import { settings } from '@signalbox/contract/setting'

/**
 * The environment of the demo's hub: without any setting of the user's own hub, whose database, channels, keys and files are not
 * the demo's.
 */
export function demoHubEnvironment(
  env: NodeJS.ProcessEnv,
  { folder, port, timezone }: { readonly folder: string; readonly port: string; readonly timezone: string },
): NodeJS.ProcessEnv {
  // Empty counts as not set. A variable that is absent would come back from the environment of this process.
  const unset = Object.fromEntries(Object.keys(settings).map((name) => [name, '']))
  return {
    ...env,
    ...unset,
    PORT: port,
    HOST: '127.0.0.1',
    DATA_DIR: folder,
    // Programs of this user need no key: the hub is on loopback, and its empty folder has no key.
    NODE_ENV: 'development',
    LOG_LEVEL: env.LOG_LEVEL || 'warn',
    TIMEZONE: timezone,
    // One key speaks for eight machines and twenty sessions.
    RATE_LIMIT_PER_MINUTE: '100000',
    INGEST_LIMIT_PER_MINUTE: '100000',
  }
}
