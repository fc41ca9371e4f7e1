import { countOf, plural } from '@signalbox/contract/plural'
import type { ReactNode } from 'react'

export const settings = {
  // settings/about-panel.tsx
  about: 'About',
  whatsNewDots: 'What is new …',
  signalboxRunningFor: (version: ReactNode, uptime: string) => (
    <>
      Signalbox {version}, running for {uptime}
    </>
  ),
  everyRouteIsDescribed: (link: ReactNode) => <>Every route is described by {link}.</>,
  itsApiDocument: 'its API document',

  // settings/account-panel.tsx
  account: 'Account',
  noSignInIs:
    'No sign-in is required: no API key exists yet, and the hub lets in programs of its own user on its own machine, and no one else.',
  onceKeyExistsThis: 'Once a key exists, this page requires a sign-in. Sign this browser in with:',
  theCommandThatSigns: 'the command that signs a browser in',
  signedInScopes: (rest: ReactNode) => <>Signed in{rest}. Scopes:</>,
  asName: (who: ReactNode) => <> as {who}</>,
  signOut: 'Sign out',

  // settings/accounts-panel.tsx
  claudeAccounts: 'Claude accounts',
  nameOf: (label: string) => `Name of ${label}`,
  save: 'Save',
  onMachines: (machines: string) => `on ${machines}`,
  formerAccount: 'former account',
  lastSeen: (ago: ReactNode) => <>last seen {ago}</>,

  // settings/appearance-panel.tsx
  appearance: 'Appearance',
  theme: 'Theme',
  keyboardShortcutsWithoutModifier: (key: ReactNode, key2: ReactNode) => (
    <>
      Keyboard shortcuts without a modifier, such as {key} and {key2}
    </>
  ),
  storedInThisBrowser: (text: string, language: string) => `Stored in this browser. Time zone: ${text}. Language: ${language}.`,

  // settings/audit-panel.tsx
  signedIn: 'Signed in',
  signInRefused: 'Sign-in refused',
  signedOut: 'Signed out',
  keyCreated: 'Key created',
  keyRevoked: 'Key revoked',
  inviteCreated: 'Invite created',
  machineConnected: 'Machine connected',
  inviteCodeRefused: 'Invite code refused',
  sessionDeleted: 'Session deleted',
  oldSessionsCleanedUp: 'Old sessions cleaned up',
  machineRenamed: 'Machine renamed',
  machineMerged: 'Machine merged',
  machineRemoved: 'Machine removed',
  dataDeleted: 'Data deleted',
  accountNamed: 'Account named',
  settingsOfHubChanged: 'Settings of the hub changed',
  questionAnswered: 'Question answered',
  questionSettled: 'Question settled',
  monitorPaused: 'Monitor paused',
  monitorResumed: 'Monitor resumed',
  alertAcknowledged: 'Alert acknowledged',
  acknowledgementUndone: 'Acknowledgement undone',
  alertSnoozed: 'Alert snoozed',
  snoozeEnded: 'Snooze ended',
  alertClosed: 'Alert closed',
  alertsPaused: 'Alerts paused',
  alertsResumed: 'Alerts resumed',
  alertRuleCreated: 'Alert rule created',
  alertRuleChanged: 'Alert rule changed',
  alertRuleRemoved: 'Alert rule removed',
  channelCreated: 'Channel created',
  channelChanged: 'Channel changed',
  channelRemoved: 'Channel removed',
  channelTested: 'Channel tested',
  budgetCreated: 'Budget created',
  budgetChanged: 'Budget changed',
  budgetRemoved: 'Budget removed',
  budgetRaised: 'Budget raised',
  browserSubscribedToAlerts: 'Browser subscribed to alerts',
  browserUnsubscribedFromAlerts: 'Browser unsubscribed from alerts',
  auditLog: 'Audit log',
  loadingAuditLog: 'Loading the audit log',
  nothingYetSignIns: 'Nothing yet: sign-ins, keys and deletions are recorded here.',
  showOlder: 'Show older',
  noKey: 'no key',
  onHubsMachine: 'on the hub’s machine',

  // settings/create-key-dialog.tsx
  never: 'Never',
  in30Days: 'In 30 days',
  in90Days: 'In 90 days',
  inYear: 'In a year',
  theKeyWasCreated: (name: string) =>
    `The key was created, but the response was lost and it cannot be shown again. Revoke “${name}” and create another one.`,
  copyItNowIt: 'Copy it now: it is shown only once, and the hub does not store it.',
  theKey: 'the key',
  done: 'Done',
  newApiKey: 'New API key',
  name: 'Name',
  laptopWallDisplay: 'laptop, wall display …',
  scopes: 'Scopes',
  expires: 'Expires',
  cancel: 'Cancel',
  createKey: 'Create key',
  onlyAboutThisMachine: 'Only about this machine',
  everyMachine: 'every machine',
  onlyAboutThisProject: 'Only about this project',
  everyProject: 'every project',
  itSendsAndChanges: 'It sends and changes nothing about others; with the scope read it still reads everything.',

  // settings/data-panel.tsx
  project: 'Project',
  machine: 'Machine',
  data: 'Data',
  exportUsageAsCsv: (link: ReactNode, code: ReactNode) => (
    <>
      Export usage as CSV or JSON on {link}. Copy the whole hub database with {code}.
    </>
  ),
  usage: 'Usage',
  deleteDataOf: 'Delete the data of a',
  deleteDataOfThis: (kind: string) => `Delete the data of this ${kind}`,
  choose: (kind: string) => `Choose a ${kind}`,
  delete: 'Delete …',
  deleteDataQuestion: (label: string) => `Delete the data of ${label}?`,
  theHubHasNo: 'The hub has no data of it.',
  thisCannotBeUndone: (parts: string) =>
    `${parts}. This cannot be undone. What is on the machines stays there; a collector that sends it again is refused.`,
  deleteLabel: 'Delete',

  csv: 'CSV',
  json: 'JSON',
  exportAllUsageBy: 'Export all usage, a row for each',
  exportGroups: { day: 'day', session: 'session', project: 'project', model: 'model', machine: 'machine', person: 'person' },

  // settings/keys-panel.tsx
  apiKeys: 'API keys',
  newKey: 'New key',
  loadingApiKeys: 'Loading API keys',
  noApiKeyYet: (text: ReactNode) => <>No API key yet. Collectors on other machines and browsers on the network each need one.{text}</>,
  toCreateOneHere: ' To create one here, sign this browser in first.',
  keysSetWithOr: (code: ReactNode, code2: ReactNode) => (
    <>
      Keys set with {code} or {code2} are not listed.
    </>
  ),
  keyColumns: { key: 'Key', scopes: 'Scopes', about: 'Only about', used: 'Last used', created: 'Created', expires: 'Expires' },
  neverUsed: 'never',
  machineNamed: (machineId: ReactNode) => <>machine {machineId}</>,
  projectNamed: (projectId: ReactNode) => <>project {projectId}</>,
  everything: 'everything',
  neverExpires: 'never',
  expired: 'expired',
  revoked: 'revoked',
  revoke: 'Revoke',
  revokeNamed: (entry: string) => `Revoke ${entry}`,
  daysWithoutUse: (idleDays: number) => `after ${countOf(idleDays, 'day')} without use`,
  inTime: (left: string) => `in ${left}`,
  lastDayQuotas: (used: string) => `Last 24 hours: ${used}`,

  // settings/prices-panel.tsx
  prices: 'Prices',
  loadingPrices: 'Loading prices',
  priceTable: (version: ReactNode, date: string) => (
    <>
      Price table {version}, {date}
    </>
  ),
  modelsWithoutPriceTheir: 'Models without a price; their cost is unknown:',
  everyModelInUse: 'Every model in use has a price.',
  costsAreComputedFrom: (code: ReactNode) => (
    <>Costs are computed from the calls with the prices of their day. To use another table, set {code} on the hub.</>
  ),

  sourceOfPrices: (source: string) => `Source: ${source}`,
  pricesPerMillion: 'List prices in US dollars per million tokens, from the given day on (UTC).',
  model: 'Model',
  from: 'From',
  prompt: 'Prompt, tokens',
  priceClasses: { input: 'Input', write_5m: 'Cache write, 5 min', write_1h: 'Cache write, 1 h', read: 'Cache read', output: 'Output' },
  allModels: (count: number) => `Show all ${count} models`,
  onlyModelsInUse: 'Show only models in use',

  // settings/collectors-panel.tsx
  collectors: 'Collectors',
  noCollectorYet: (link: ReactNode) => <>No collector has been in contact yet. {link} shows how to connect a machine.</>,
  machines: 'Machines',
  state: 'State',
  lastContact: 'Last contact',
  sources: 'Sources',
  version: 'Version',
  ago: (age: ReactNode) => <>{age} ago</>,
  otherThanHub: (version: string) => `The hub has version ${version}.`,

  // settings/whats-new-dialog.tsx
  whatsNew: 'What is new',
  changelogHasAll: 'CHANGELOG.md has every change, and what was fixed.',

  // settings/revoke-key-dialog.tsx
  revokeQuestion: (entry: string) => `Revoke “${entry}”?`,
  everyClientThatUses:
    'Every client that uses this key loses access immediately. This cannot be undone; you can create a new key at any time.',

  // settings/scopes.tsx
  readEverything: 'read everything',
  changeState: 'change state',
  sendCallsAndLimits: 'send calls and limits',
  answerSessionsThatAsk: 'answer sessions that ask: permissions, questions, plans',
  createAndRevokeKeys: 'create and revoke keys',

  // settings/settings.tsx
  settings: 'Settings',
  sections: 'Sections of the settings',
  sectionNames: { general: 'General', alerts: 'Alerts', access: 'Access', costs: 'Costs', machines: 'Machines', data: 'Data' },

  // settings/shortcuts-panel.tsx
  keyboardShortcuts: 'Keyboard shortcuts',
  searchesAndLetterOpens: (key: ReactNode, key2: ReactNode, key3: ReactNode) => (
    <>
      {key} searches, {key2} and a letter opens a screen, {key3} lists them all.
    </>
  ),
  showAll: 'Show all',

  // settings/sign-ins-panel.tsx
  signIns: 'Sign-ins',
  signOutAllOthers: 'Sign out all others',
  loadingSignIns: 'Loading sign-ins',
  noBrowserIsSigned: 'No browser is signed in.',
  unknownBrowser: 'unknown browser',
  usedSignedIn: (ago: ReactNode, ago2: ReactNode) => (
    <>
      Used {ago}, signed in {ago2}
    </>
  ),
  thisBrowser: 'this browser',
  signOutAt: (keyName: string, address: string) => `Sign out ${keyName} at ${address}`,
  callCount: (count: number) => countOf(count, 'call'),
  endedSessionCount: (count: number) => countOf(count, 'ended session'),
  taskCount: (count: number) => countOf(count, 'task'),
  snapshotCount: (count: number) => countOf(count, 'snapshot'),
  collectorCount: (count: number) => countOf(count, 'collector'),
  deleteKinds: { project: 'project', machine: 'machine', account: 'account' },
  quota: (used: string, limit: string, unit: string) => `${used} of ${limit} ${unit}`,
  quotaUnits: {
    rows: (count: number) => plural(count, 'row'),
    bytes: (count: number) => plural(count, 'byte'),
    snapshots: (count: number) => plural(count, 'snapshot'),
    names: (count: number) => plural(count, 'new name'),
  },
  language: 'Language',
  languageOfBrowser: 'Browser',
  pricesByModel: 'Prices by model',
}
