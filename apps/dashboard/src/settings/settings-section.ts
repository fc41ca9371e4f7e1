/** The sections of the settings, in order. The first is shown without any in the address. */
export const settingsSections = ['general', 'alerts', 'access', 'costs', 'machines', 'data'] as const
export type SettingsSection = (typeof settingsSections)[number]

/** Panels by the name that an address has after `#`, and their section. Messages that were sent long ago link to them. */
const sectionOfPanel = {
  account: 'general',
  appearance: 'general',
  shortcuts: 'general',
  about: 'general',
  channels: 'alerts',
  rules: 'alerts',
  keys: 'access',
  'sign-ins': 'access',
  audit: 'access',
  budgets: 'costs',
  prices: 'costs',
  collectors: 'machines',
  accounts: 'machines',
  data: 'data',
} as const satisfies Record<string, SettingsSection>
export type SettingsPanel = keyof typeof sectionOfPanel

/** Query parameters of the settings. */
export interface SettingsSearch {
  section?: SettingsSection
}

/** Reads the query parameters; invalid ones are dropped. */
export function readSettingsSearch(search: Record<string, unknown>): SettingsSearch {
  const section = settingsSections.find((name) => name === search.section)
  return section === undefined ? {} : { section }
}

/** The section that an address means: that of the panel it names, else the one it names, else the first. */
export function sectionOf(hash: string, { section = 'general' }: SettingsSearch): SettingsSection {
  return Object.hasOwn(sectionOfPanel, hash) ? sectionOfPanel[hash as SettingsPanel] : section
}
