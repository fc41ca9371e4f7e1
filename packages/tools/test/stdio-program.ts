import { StateTrackingApiClient } from '@signalbox/client'
import { serveToolsOverStdio } from '../src/mcp-stdio.ts'

// Serves the tools over stdio as the plugin does, for tests.
const { SIGNALBOX_URL: baseUrl = '', SIGNALBOX_API_KEY: apiKey, CLAUDE_CODE_SESSION_ID: sessionId } = process.env
serveToolsOverStdio({
  client: new StateTrackingApiClient({ baseUrl, apiKey, retry: false }),
  version: '0.0.0-test',
  onBug: (error) => console.error(error),
  context: () => ({ now: Date.now(), timezone: 'UTC', weekStart: 'monday', sessionId }),
})
