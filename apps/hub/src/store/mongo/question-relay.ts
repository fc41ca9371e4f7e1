import type { Question } from '@signalbox/contract/question'
import { type QuestionRelay, RELAY_ALIVE_MS, RELAY_KEEP_ENDED_MS, RESERVATION_MS, type RelayedQuestion } from '../question-relay.ts'
import type { Connection } from './connection.ts'
import { textId } from './text-id.ts'

interface QuestionDocument {
  _id: string
  /** JSON: a name may contain anything. */
  question: string
  state: 'open' | 'answered' | 'ended'
  content?: string
  answer?: string
  /** The hub that records an answer, and since when. */
  reserved_by?: string
  reserved_at: number
  /** When its hub was last there. */
  seen_at: number
}

/** The questions of all hubs. There are few at a time, so the collection has no index. */
export function questionRelay(connection: Connection): QuestionRelay {
  const questions = connection.collection<QuestionDocument>('question')
  return {
    async offer(question, content, now) {
      const document = { question: JSON.stringify(question), state: 'open' as const, content, reserved_at: 0, seen_at: now }
      await connection.write(async () => {
        const known = await questions.findOne({ _id: textId(question.question_id), state: { $ne: 'ended' } })
        if (known !== null) return
        await questions.replaceOne({ _id: textId(question.question_id) }, document, { upsert: true })
      })
    },
    list: () => connection.read(async () => (await questions.find().toArray()).map(relayedOf)),
    async find(id) {
      const found = await connection.read(() => questions.findOne({ _id: textId(id) }))
      return found === null ? undefined : relayedOf(found)
    },
    async reserve(id, hub, now) {
      // One update: of two hubs that reserve at once, one matches.
      const filter = { _id: textId(id), state: 'open' as const, reserved_at: { $lt: now - RESERVATION_MS } }
      const { modifiedCount } = await connection.write(() => questions.updateOne(filter, { $set: { reserved_by: hub, reserved_at: now } }))
      return modifiedCount === 1
    },
    async release(id, hub) {
      await connection.write(() => questions.updateOne({ _id: textId(id), state: 'open', reserved_by: hub }, { $set: { reserved_at: 0 } }))
    },
    async answer(question, answer, hub) {
      const filter = { _id: textId(question.question_id), state: 'open' as const, reserved_by: hub }
      const change = { state: 'answered' as const, question: JSON.stringify(question), answer }
      return (await connection.write(() => questions.updateOne(filter, { $set: change }))).modifiedCount === 1
    },
    async end(question, now) {
      const change = { state: 'ended' as const, question: JSON.stringify(question), seen_at: now }
      const id = textId(question.question_id)
      await connection.write(() => questions.updateOne({ _id: id }, { $set: change, $unset: { content: '', answer: '' } }))
    },
    async keepAlive(ids, now) {
      const filter = { _id: { $in: ids.map(textId) }, state: { $ne: 'ended' as const } }
      await connection.write(() => questions.updateMany(filter, { $set: { seen_at: now } }))
    },
    async sweep(now) {
      await connection.write(async () => {
        await questions.deleteMany({ state: { $ne: 'ended' }, seen_at: { $lt: now - RELAY_ALIVE_MS } })
        await questions.deleteMany({ seen_at: { $lt: now - RELAY_KEEP_ENDED_MS } })
      })
    },
  }
}

function relayedOf({ question, content, answer }: QuestionDocument): RelayedQuestion {
  return { question: JSON.parse(question) as Question, content, answer }
}
