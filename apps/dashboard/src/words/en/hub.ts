export const hub = {
  // hub/last-heartbeat-store.ts
  machine: (id: string) => `machine ${id}`,

  // hub/problem.ts
  noConnection: 'No connection to the hub.',
  checkTheHub: 'Check that it is running, and that this device has a network.',

  // hub/push-browser.ts
  thisBrowserWasNot: 'This browser was not given the permission to show notifications.',
  thisBrowserGaveNo: 'This browser gave no address for messages.',
  thisBrowserCouldNot: (text: string) => `This browser could not reach its push service${text}. `,
  someBrowsersHaveNone: 'Some browsers have none, or have it switched off in their settings.',
  aBrowser: 'A browser',
  browserOn: (program: string, system: string) => `${program} on ${system}`,
}
