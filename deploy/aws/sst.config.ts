/// <reference path="./.sst/platform/config.d.ts" />

// The hub on AWS Lambda. docs/DEPLOYMENT.md leads from an empty account to a stage.

export default $config({
  app({ stage }) {
    const isProduction = stage === 'production'
    return {
      name: 'signalbox',
      home: 'aws',
      version: '4.17.1',
      removal: isProduction ? 'retain' : 'remove',
      protect: isProduction,
      providers: { aws: { defaultTags: { tags: { app: 'signalbox', stage } } } },
    }
  },
  async run() {
    // SST allows no import at the top of this file.
    const { makeStage } = await import('./stage.ts')
    return makeStage()
  },
})
