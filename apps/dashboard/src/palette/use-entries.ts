import { useQuery } from '@tanstack/react-query'
import { openAsk } from '../ask/asked.ts'
import type { BoardSession } from '../hub/answer.ts'
import { hub } from '../hub/hub.ts'
import { keys } from '../hub/query-key.ts'
import { useUsage } from '../hub/usage.ts'
import { useWhoAmI, type WhoAmI } from '../hub/who-am-i.ts'
import { useNavigate } from '../router/use-router.ts'
import { formatSessionName } from '../sessions/claude-facts.ts'
import { formatState } from '../sessions/session-state.ts'
import { useBoard } from '../sessions/use-board.ts'
import { screens } from '../shell/screens.ts'
import type { IconName } from '../ui/icon.tsx'
import { chooseTheme, themeNames, themes, useTheme } from '../ui/theme.ts'
import { browserTimeZone } from '../ui/time-format.ts'
import { useToday } from '../ui/use-today.ts'
import { addDays } from '../usage/calendar.ts'
import { t } from '../words/palette.ts'
import type { Findable } from './match.ts'

export const entryKinds = ['screens', 'actions', 'sessions', 'projects', 'machines', 'questions'] as const
export type EntryKind = (typeof entryKinds)[number]

export const entryKindNames: Record<EntryKind, string> = {
  screens: t.screens,
  actions: t.actions,
  sessions: t.sessions,
  projects: t.projects,
  machines: t.machines,
  questions: t.ask,
}

const machineStates: Readonly<Record<string, string>> = { online: t.online, offline: t.offline, maintenance: t.inMaintenance }

export interface Entry extends Findable {
  readonly key: string
  readonly kind: EntryKind
  readonly icon: IconName
  /** On the right: a state, a shortcut. */
  readonly aside?: string | undefined
  readonly run: () => void
}

/** How far back the projects of the palette go, in days. */
const PROJECT_DAYS = 90
/** So long is a question at least. */
const MIN_QUESTION_LENGTH = 3
/** So many letters of an id are looked up at the hub. */
const MIN_ID_LETTERS = 4

/** Everything the palette finds. @param typed what may be the beginning of the id of an older session */
export function useEntries(typed: string, openShortcuts: () => void): Entry[] {
  const navigate = useNavigate()
  const board = useBoard()
  const theme = useTheme()
  const who = useWhoAmI().data
  const zone = browserTimeZone()
  const today = useToday(zone)
  const projects = useUsage({ group: 'project', since: addDays(today, -PROJECT_DAYS), timezone: zone, limit: 500 })
  const older = useSessionsById(typed)

  const toScreens = screens.map(
    ({ to, name, icon, letter }): Entry => ({
      key: to,
      kind: 'screens',
      name,
      icon,
      words: t.goToOpenScreen,
      aside: `g ${letter}`,
      run: () => navigate({ to }),
    }),
  )
  const action = (name: string, icon: IconName, run: () => void, words = ''): Entry => ({
    key: name,
    kind: 'actions',
    name,
    icon,
    words,
    run,
  })
  const actions = [
    { ...action(t.ask, 'ask', () => openAsk(), t.askWords), aside: 'a' },
    action(t.openWallDisplay, 'system', () => navigate({ to: '/', search: { wall: '1' } }), t.fullScreenTvKiosk),
    ...themes
      .filter((one) => one !== theme)
      .map((one) => action(t.theme(themeNames[one]), one, () => chooseTheme(one), t.appearanceColorDarkLight)),
    action(t.keyboardShortcuts, 'search', openShortcuts, t.keysHelp),
    action(t.sessionsThatNeedAttention, 'warning', () => navigate({ to: '/sessions', search: { status: 'waiting' } }), t.waitingAnswer),
    action(t.openAlerts, 'alerts', () => navigate({ to: '/alerts', search: { state: 'open' } }), 'firing'),
    action(t.addMachine, 'machines', () => navigate({ to: '/machines' }), t.connectCollector),
    action(t.usageToday, 'usage', () => navigate({ to: '/usage', search: { range: 'today' } }), 'cost'),
    action(t.exportUsage, 'download', () => navigate({ to: '/usage' }), t.csvJson),
    ...adminActions(who).map(([name, icon, hash, words]) => action(name, icon, () => navigate({ to: '/settings', hash }), words)),
  ]
  const sessions = [
    ...(board.sessions ?? []),
    ...older.filter(({ session_id }) => !board.sessions?.some((one) => one.session_id === session_id)),
  ]
  const toSessions = sessions.map((session): Entry => {
    const project = board.projectNames.get(session.project_id) ?? session.project_id
    const name = formatSessionName(session)
    return {
      key: session.session_id,
      kind: 'sessions',
      icon: 'sessions',
      name: name === undefined ? project : `${project} · ${name}`,
      words: `${session.session_id} ${session.machine_id} ${session.project_id} ${formatState(session)}`,
      aside: t.stateOnMachine(formatState(session), session.machine_id),
      run: () => navigate({ to: '/sessions/$id', params: { id: session.session_id } }),
    }
  })
  const toProjects = (projects.data?.rows ?? [])
    .filter(({ project }) => project !== undefined && project !== '')
    .map(
      ({ project = '', short_name }): Entry => ({
        key: project,
        kind: 'projects',
        icon: 'usage',
        name: short_name ?? project,
        words: t.usage(project),
        aside: t.usageLabel,
        run: () => navigate({ to: '/usage', search: { project } }),
      }),
    )
  const toMachines = [...board.machines.values()].map(
    ({ machine_id, hostname, status }): Entry => ({
      key: machine_id,
      kind: 'machines',
      icon: 'machines',
      name: machine_id,
      words: t.machine(hostname ?? ''),
      aside: machineStates[status],
      run: () => navigate({ to: '/machines', hash: machine_id }),
    }),
  )
  return [...toScreens, ...actions, ...toSessions, ...toProjects, ...toMachines, ...askTyped(typed)]
}

/** What was typed, as a question; the letters typed are its words, so it is always found. */
function askTyped(typed: string): readonly Entry[] {
  const question = typed.trim()
  if (question.length < MIN_QUESTION_LENGTH) return []
  return [{ key: 'ask-typed', kind: 'questions', icon: 'ask', name: t.askTyped(question), words: question, run: () => openAsk(question) }]
}

function adminActions(who: WhoAmI | undefined): readonly (readonly [name: string, icon: IconName, hash: string, words: string])[] {
  return [
    [t.alertRules, 'alerts', 'rules', t.newRuleNotify],
    [t.alertChannels, 'alerts', 'channels', t.slackMailWebhookPush],
    ...(who?.scopes.includes('admin') ? ([[t.apiKeys, 'settings', 'keys', t.createKeyToken]] as const) : []),
  ]
}

/** Sessions whose id begins with what was typed, those that ended long ago too. */
function useSessionsById(typed: string): readonly BoardSession[] {
  const prefix = typed.trim()
  const isId = prefix.length >= MIN_ID_LETTERS && /^[\da-f-]+$/i.test(prefix)
  const { data = [] } = useQuery({
    queryKey: keys.sessionsById(prefix),
    queryFn: ({ signal }) => hub.listSessions({ session_id_prefix: prefix, limit: 5 }, { signal }),
    enabled: isId,
    refetchInterval: false,
  })
  return isId ? data : []
}
