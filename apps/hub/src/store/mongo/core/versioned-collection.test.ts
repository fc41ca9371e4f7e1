import { randomUUID } from 'node:crypto'
import type { Collection, Filter } from 'mongodb'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../../test/support/mongo.ts'
import { HubError } from '../../../hub-error.ts'
import type { Change } from '../../change.ts'
import { Connection } from '../connection.ts'
import { type EventDocument, EventLog } from '../event.ts'
import { migrate } from '../migration/migrate.ts'
import { IdempotencyRecords } from './idempotency.ts'
import { type BeforeCommand, InterruptedConnection } from './interrupted-connection.fixture.ts'
import { VersionedCollection } from './versioned-collection.ts'
import { type Provisional, recoveryIndex, type VersionedDocument } from './versioned-document.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 120_000 })

const now = Date.parse('2026-10-06T09:12:00.000Z')

// Two kinds of documents that constrain each other: a guest may be only in an open room, and a room with a guest in it may
// not be closed.

interface Room extends VersionedDocument<ProvisionalClosing> {
  isOpen: boolean
}

interface ProvisionalClosing extends Provisional {
  readonly wasOpen: true
}

interface Guest extends VersionedDocument<ProvisionalEntry> {
  room: string | null
  visits: number
}

interface ProvisionalEntry extends Provisional {
  readonly room: string
}

const refused = (message: string) => new HubError('conflict', message, { suggestion: 'Try another one.' })

class Hotel {
  readonly rooms: VersionedCollection<Room, ProvisionalClosing>
  readonly guests: VersionedCollection<Guest, ProvisionalEntry>

  constructor(connection: Pick<Connection, 'collection' | 'dialect' | 'read'>) {
    const idempotency = new IdempotencyRecords(connection, { leaseTtlMs: 0 })
    const parts = { connection, log: new EventLog(connection, 1_000_000), idempotency }
    this.rooms = new VersionedCollection<Room, ProvisionalClosing>('room', parts, {
      restore: ({ isOpen }) => ({ fields: { isOpen } }),
      compensate: async ({ _id, isOpen }, _wasOpen, _refused, at) => {
        if (isOpen || (await this.#guestsIn(_id)) === 0) return undefined
        return { fields: { isOpen: true }, events: [roomEvent(_id, true)], at }
      },
    })
    this.guests = new VersionedCollection<Guest, ProvisionalEntry>('guest', parts, {
      restore: ({ room, visits }) => ({ fields: { room, visits } }),
      compensate: async ({ _id, room }, entry, refused, at) => {
        if (room !== entry.room || !(refused || !(await this.#isOpen(room)))) return undefined
        return { fields: { room: null }, events: [guestEvent(_id, null)], at }
      },
    })
  }

  close(id: string, change: Change): Promise<'closed'> {
    return this.rooms.changeOnce(id, change, async () => {
      if ((await this.#guestsIn(id)) > 0) throw refused('a guest is in it')
      const write = { fields: { isOpen: false }, events: [roomEvent(id, false)], at: now, provisional: { wasOpen: true as const } }
      return { result: 'closed' as const, write, verify: async () => (await this.#guestsIn(id)) === 0 }
    })
  }

  enter(id: string, room: string, change: Change): Promise<'entered'> {
    return this.guests.changeOnce(id, change, async (guest) => {
      if (!(await this.#isOpen(room))) throw refused('it is closed')
      const fields = { room, visits: (guest?.visits ?? 0) + 1 }
      const write = { fields, events: [guestEvent(id, room)], at: now, provisional: { room } }
      return { result: 'entered' as const, write, verify: () => this.#isOpen(room) }
    })
  }

  /** A change that builds on any other one. */
  greet(id: string): Promise<null> {
    return this.guests.change(id, { now }, async (guest) => {
      if (guest === undefined) return { result: null }
      return { result: null, write: { fields: { visits: guest.visits }, events: [guestEvent(id, guest.room)], at: now } }
    })
  }

  async recover(): Promise<void> {
    // A change counts as orphaned when it is found twice, and its compensation may leave another one.
    for (let times = 0; times < 4; times++) for (const collection of [this.guests, this.rooms]) await collection.recover()
  }

  async #isOpen(room: string): Promise<boolean> {
    return (await this.rooms.documents.findOne({ _id: room }))?.isOpen ?? false
  }

  #guestsIn(room: string): Promise<number> {
    return this.guests.documents.countDocuments({ room })
  }
}

const roomEvent = (id: string, isOpen: boolean) => ({ event: 'machine.updated' as const, data: { machine_id: id, isOpen } })
const guestEvent = (id: string, room: string | null) => ({ event: 'session.updated' as const, data: { session_id: id, room } })

async function openDatabase() {
  const connection = await Connection.open(await freshDatabase())
  onTestFinished(() => connection.close())
  await migrate(connection)
  for (const name of ['room', 'guest']) await connection.collection(name).createIndex(recoveryIndex.key, { name: recoveryIndex.name })
  return connection
}

const request = (): Change => ({ now, idempotency: { owner: 'o', key: randomUUID(), fingerprint: 'f', replayed: false } })
const outcome = (work: Promise<string>) =>
  work.catch((error: unknown) => {
    if (error instanceof HubError) return 'refused'
    throw error
  })

/** The two sides of the conflict: what the hub under test does, and what another hub does meanwhile. */
const sides = {
  'a claim, while another hub removes what it claims': {
    first: (hotel: Hotel, guest: string, room: string, change: Change) => hotel.enter(guest, room, change),
    second: (hotel: Hotel, _guest: string, room: string) => hotel.close(room, { now }),
  },
  'a removal, while another hub claims what it removes': {
    first: (hotel: Hotel, _guest: string, room: string, change: Change) => hotel.close(room, change),
    second: (hotel: Hotel, guest: string, room: string) => hotel.enter(guest, room, { now }),
  },
}

describe.each(Object.entries(sides))('%s', (_, { first, second }) => {
  it.each(['new', 'known'] as const)('is finished or undone after a crash before any of its commands (%s guest)', async (kind) => {
    const connection = await openDatabase()
    const well = new Hotel(connection)
    for (let step = 1, crashed = true; crashed; step++) {
      crashed = false
      const [guest, room] = await checkIn(well, kind)
      const interrupted = new InterruptedConnection(connection, async (command) => {
        if (command < step) return
        crashed = true
        throw new Error('crashed')
      })
      const change = request()
      const answered = await outcome(first(new Hotel(interrupted), guest, room, change)).catch(() => 'crashed')
      const others = await outcome(second(well, guest, room))
      await well.recover()
      await expectConsistent(connection, guest, room, { [answered]: true, [others]: true })
      // The client repeats its request, which another hub answers as the first one would have.
      const again = await outcome(first(well, guest, room, change))
      if (answered !== 'crashed') expect(again, `step ${step}`).toBe(answered)
      await well.recover()
      await expectConsistent(connection, guest, room, { [again]: true, [others]: true })
    }
  })

  it.each(['new', 'known'] as const)('may be slow before any of its commands (%s guest)', async (kind) => {
    const connection = await openDatabase()
    const well = new Hotel(connection)
    const meanwhile: ((guest: string) => Promise<unknown>)[] = [
      async () => {},
      // Another hub recovers what only seems orphaned, or changes the document again.
      () => well.recover(),
      (guest) => well.greet(guest),
    ]
    for (const more of meanwhile) {
      for (let step = 1, reached = true; reached; step++) {
        reached = false
        const [guest, room] = await checkIn(well, kind)
        let others = ''
        const before: BeforeCommand = async (command) => {
          if (command !== step) return
          reached = true
          others = await outcome(second(well, guest, room))
          await more(guest)
        }
        const answered = await outcome(first(new Hotel(new InterruptedConnection(connection, before)), guest, room, request()))
        await well.recover()
        if (reached) await expectConsistent(connection, guest, room, { [answered]: true, [others]: true })
      }
    }
  })
})

async function checkIn(hotel: Hotel, kind: 'new' | 'known'): Promise<[guest: string, room: string]> {
  const [guest, room] = [randomUUID(), randomUUID()]
  const created = await hotel.rooms.create(room, { fields: { isOpen: true }, events: [roomEvent(room, true)], at: now })
  await hotel.rooms.publish(created!)
  if (kind === 'known') {
    const known = await hotel.guests.create(guest, { fields: { room: null, visits: 0 }, events: [guestEvent(guest, null)], at: now })
    await hotel.guests.publish(known!)
  }
  return [guest, room]
}

/** No rule is broken, nothing is left to do, and the log ends with the state that the documents have. */
async function expectConsistent(connection: Connection, guestId: string, roomId: string, answers: Readonly<Record<string, true>>) {
  const read = async <T extends VersionedDocument>(name: string, _id: string) =>
    (await connection.collection<T>(name).findOne({ _id } as Filter<T>)) as T | null
  const [room, guest] = [(await read<Room>('room', roomId))!, await read<Guest>('guest', guestId)]
  const isInside = guest?.room === roomId
  expect(isInside && !room.isOpen, 'a guest in a closed room').toBe(false)
  if (answers.entered) expect(isInside, 'entered').toBe(true)
  if (answers.closed) expect(room.isOpen, 'closed').toBe(false)
  for (const document of [room, guest]) {
    for (const field of ['has_untold', 'untold', 'let_go']) expect(document ?? {}, field).not.toHaveProperty(field)
    expect(document?.unsure ?? {}).toEqual({})
  }
  const events = connection.collection<EventDocument>('event')
  const last = async (filter: Filter<EventDocument>) => {
    const [found] = await (events as Collection<EventDocument>).find(filter, { sort: { _id: -1 }, limit: 1 }).toArray()
    return found && (JSON.parse(found.data) as Record<string, unknown>)
  }
  expect((await last({ machine_id: roomId }))?.isOpen, 'the last event of the room').toBe(room.isOpen)
  expect((await last({ session_id: guestId }))?.room, 'the last event of the guest').toBe(guest?.room)
}

describe('a versioned document', () => {
  it('of concurrent changes by two hubs loses none, and publishes each in order', async () => {
    const connection = await openDatabase()
    const hotels = [new Hotel(connection), new Hotel(connection)]
    const [guest] = await checkIn(hotels[0]!, 'known')
    const count = async (hotel: Hotel) =>
      hotel.guests.change(guest, { now }, async (known) => {
        const visits = known!.visits + 1
        return { result: visits, write: { fields: { visits }, events: [guestEvent(guest, String(visits))], at: now } }
      })
    const results = await Promise.all(Array.from({ length: 40 }, (_, n) => count(hotels[n % 2]!)))
    expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
    const log = await connection
      .collection<EventDocument>('event')
      .find({ session_id: guest }, { sort: { _id: 1 } })
      .toArray()
    expect(log.slice(1).map(({ data }) => Number(JSON.parse(data).room))).toEqual(results.toSorted((a, b) => a - b))
  })

  it('that is removed is invisible at once, and is removed for good by any hub', async () => {
    const connection = await openDatabase()
    const crashing = new InterruptedConnection(connection, async (command) => {
      if (command > 2) throw new Error('crashed')
    })
    const well = new Hotel(connection)
    const [guest] = await checkIn(well, 'known')
    const write = { fields: {}, events: [guestEvent(guest, 'gone')], at: now, remove: ['room', 'visits'] as const }
    const removing = new Hotel(crashing).guests.change(guest, { now }, async () => ({ result: null, write }))
    await expect(removing).rejects.toThrow('crashed')
    expect(await well.guests.documents.findOne({ _id: guest })).toMatchObject({ gone: true, has_untold: true })
    expect(await well.guests.read(guest)).toBeUndefined()
    expect(await well.guests.documents.findOne({ _id: guest })).toBeNull()
    const log = await connection.collection<EventDocument>('event').find({ session_id: guest }).toArray()
    expect(log.map(({ data }) => JSON.parse(data).room)).toEqual([null, 'gone'])
  })
})
