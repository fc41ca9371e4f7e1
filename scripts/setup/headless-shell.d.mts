/** Finds the headless shell of Chromium, for the tests of the dashboard. */
export function findHeadlessShell(env: NodeJS.ProcessEnv): string | undefined
