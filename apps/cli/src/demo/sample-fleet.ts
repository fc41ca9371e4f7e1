import type { CreateMachine, MachineStatus, MarkFailed, WaitingFor } from '@signalbox/client'

/** The machines of the demo. */
export const machines: readonly (Omit<CreateMachine, 'status'> & { readonly status: MachineStatus })[] = [
  { machine_id: 'ada-laptop', hostname: 'ada-laptop.local', docker_slots: [1, 2], status: 'online' },
  { machine_id: 'grace-desktop', hostname: 'grace-desktop.local', docker_slots: [1, 2, 3], status: 'online' },
  { machine_id: 'rack-1', hostname: 'rack-1.depot.internal', docker_slots: [1, 2, 3, 4], status: 'online' },
  { machine_id: 'rack-2', hostname: 'rack-2.depot.internal', docker_slots: [1, 2], status: 'maintenance' },
  { machine_id: 'rack-3', hostname: 'rack-3.depot.internal', docker_slots: [1, 2, 3, 4], status: 'online' },
  { machine_id: 'katherine-mac', hostname: 'katherine-mac.local', status: 'online' },
  { machine_id: 'edsger-laptop', hostname: 'edsger-laptop.local', status: 'online' },
  { machine_id: 'build-mac', hostname: 'build-mac.depot.internal', docker_slots: [1, 2], status: 'offline' },
]

/** How a collector does: `needs_login` cannot read the usage page until a person signs in. */
export interface DemoCollector {
  readonly platform: 'linux' | 'darwin'
  readonly condition: 'connected' | 'behind' | 'needs_login'
}

/** The machines that have a collector. */
export const collectors: Readonly<Record<string, DemoCollector>> = {
  'ada-laptop': { platform: 'darwin', condition: 'connected' },
  'grace-desktop': { platform: 'linux', condition: 'connected' },
  'rack-1': { platform: 'linux', condition: 'behind' },
  'rack-3': { platform: 'linux', condition: 'connected' },
  'katherine-mac': { platform: 'darwin', condition: 'needs_login' },
  'edsger-laptop': { platform: 'linux', condition: 'connected' },
}

export interface Place {
  readonly machine: string
  readonly slot?: number
  /** The behaviour of its sessions. */
  readonly behaviour: 'work' | 'wait' | 'ask' | 'disconnect' | 'fail' | 'pause' | 'idle'
  /** The index of its first job. */
  readonly job: number
}

/** Where sessions run, one after the other in each place. */
export const places: readonly Place[] = [
  { machine: 'grace-desktop', slot: 3, behaviour: 'fail', job: 6 },
  { machine: 'rack-1', slot: 3, behaviour: 'disconnect', job: 2 },
  { machine: 'ada-laptop', slot: 1, behaviour: 'work', job: 0 },
  { machine: 'ada-laptop', slot: 2, behaviour: 'wait', job: 1 },
  { machine: 'ada-laptop', behaviour: 'idle', job: 7 },
  { machine: 'grace-desktop', slot: 1, behaviour: 'work', job: 3 },
  { machine: 'grace-desktop', slot: 2, behaviour: 'pause', job: 4 },
  { machine: 'rack-1', slot: 1, behaviour: 'work', job: 5 },
  { machine: 'rack-1', slot: 2, behaviour: 'work', job: 8 },
  { machine: 'rack-3', slot: 1, behaviour: 'work', job: 4 },
  { machine: 'rack-3', slot: 2, behaviour: 'work', job: 1 },
  { machine: 'rack-3', slot: 4, behaviour: 'fail', job: 3 },
  { machine: 'katherine-mac', behaviour: 'ask', job: 0 },
  { machine: 'katherine-mac', behaviour: 'idle', job: 5 },
  { machine: 'edsger-laptop', behaviour: 'work', job: 2 },
  { machine: 'edsger-laptop', behaviour: 'pause', job: 6 },
]

/** Sessions that have ended before the demo begins. */
export const endedSessions: readonly (Omit<Place, 'behaviour'> & { readonly end: 'completed' | 'failed' | 'archived' })[] = [
  { machine: 'rack-3', end: 'completed', job: 7 },
  { machine: 'ada-laptop', end: 'completed', job: 3 },
  { machine: 'grace-desktop', end: 'failed', job: 5 },
  { machine: 'edsger-laptop', end: 'archived', job: 8 },
]

interface Job {
  readonly project: string
  readonly branch: string
  readonly tasks: readonly string[]
}

/** The projects match those of the sample month of calls. */
export const jobs: readonly Job[] = [
  {
    project: 'timetable-api',
    branch: 'feat/holiday-service',
    tasks: ['Read how holidays are stored', 'Move holidays into a table of their own', 'Write the tests for leap days', 'Update the docs'],
  },
  {
    project: 'platform-web',
    branch: 'feat/live-board',
    tasks: ['Install the map component', 'Draw the platforms on the map', 'Make it work by keyboard'],
  },
  {
    project: 'signal-firmware',
    branch: 'refactor/interlocking',
    tasks: ['Split interlocking.c by route', 'Run the simulator over night', 'Measure the stack depth'],
  },
  {
    project: 'timetable-api',
    branch: 'fix/dst-departures',
    tasks: ['Reproduce the departure that is an hour late', 'Store departures with their zone', 'Backfill the last year'],
  },
  {
    project: 'ticket-machine',
    branch: 'feat/contactless',
    tasks: ['Read the terminal’s protocol', 'Answer a declined card in words', 'Try it on the test bench'],
  },
  {
    project: 'platform-web',
    branch: 'fix/safari-clock',
    tasks: ['Find why the clock stands still in Safari', 'Write a test that fails', 'Fix it', 'Take the screenshots anew'],
  },
  {
    project: 'timetable-api',
    branch: 'chore/upgrade-postgres',
    tasks: ['Upgrade the client library', 'Run all migrations on a copy', 'Compare the query plans'],
  },
  {
    project: 'ops-notebooks',
    branch: 'main',
    tasks: ['Plot last week’s delays', 'Explain the peak on Tuesday'],
  },
  {
    project: 'signal-firmware',
    branch: 'main',
    tasks: ['Answer the review of the watchdog', 'Write the release notes'],
  },
]

export const waitingReasons: readonly WaitingFor[] = ['permission', 'permission', 'input']

export const failures: readonly MarkFailed[] = [
  { reason: 'migration failed', error_details: 'relation "departures_2025" does not exist (migrations/0042.sql, line 18)' },
  { reason: 'tests do not pass', error_details: '3 of 412 tests fail, all in interlocking/route.test.ts' },
  { reason: 'out of memory', error_details: 'the worker was killed by the kernel at 7.8 GB' },
]
