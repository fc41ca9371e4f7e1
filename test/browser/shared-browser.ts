import { type BrowserServer, chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { launchOptions } from './harness.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** WebSocket address of the Chromium that all browser tests of a project share; undefined where none is installed. */
    readonly browserEndpoint: string | undefined
  }
}

let server: BrowserServer | undefined

/** Global setup of the browser tests: one Chromium for all files. Each file connects to it and opens contexts of its own. */
export async function setup(project: TestProject): Promise<void> {
  // Speed is measured in a browser as people use it.
  const options = launchOptions({ whole: project.name === 'timing' })
  if (options !== undefined) server = await chromium.launchServer(options)
  project.provide('browserEndpoint', server?.wsEndpoint())
}

export async function teardown(): Promise<void> {
  await server?.close()
}
