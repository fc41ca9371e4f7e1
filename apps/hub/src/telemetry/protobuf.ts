import { create, type DescMessage, fromBinary, fromJson, type JsonValue, type MessageShape, toBinary, toJson } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { ExportLogsResultSchema, ExportLogsSchema, ExportMetricsResultSchema, ExportMetricsSchema, StatusSchema } from './otlp.generated.ts'

/** The messages of a body at most: a record has about thirty. An empty one takes two bytes of the body, and a hundred in memory. */
export const MAX_MESSAGES = 500_000

/** The bytes are no message of the kind that was asked for. */
export class NotProtobuf extends Error {}

/** The requests and results of one signal. */
export interface Signal {
  readonly request: DescMessage
  readonly result: DescMessage
}

export const signals = {
  logs: { request: ExportLogsSchema, result: ExportLogsResultSchema },
  metrics: { request: ExportMetricsSchema, result: ExportMetricsResultSchema },
} satisfies Record<string, Signal>

/**
 * Reads an export in binary protobuf as if it had come in JSON. Of a body only what `otlp.proto` names is read.
 * @throws NotProtobuf
 */
export function readExport({ request }: Signal, bytes: Uint8Array): JsonValue {
  try {
    countMessages(new BinaryReader(bytes), request, bytes.length, 0)
    return toJson(request, fromBinary(request, bytes, { readUnknownFields: false }))
  } catch (error) {
    throw error instanceof NotProtobuf ? error : new NotProtobuf('The body is not protobuf, or not of this route', { cause: error })
  }
}

/** Writes the result of an export. @param json as the route answers it in JSON */
export function writeResult({ result }: Signal, json: JsonValue): Uint8Array {
  return write(result, fromJson(result, json))
}

/** Writes the answer to an export that has failed. */
export function writeStatus(message: string): Uint8Array {
  return write(StatusSchema, create(StatusSchema, { message }))
}

function write<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): Uint8Array {
  return toBinary(desc, message)
}

/** @returns the messages so far @throws NotProtobuf for too many, Error for bytes that are none */
function countMessages(reader: BinaryReader, desc: DescMessage, end: number, before: number): number {
  let count = before
  while (reader.pos < end) {
    const [number, wireType] = reader.tag()
    const message = desc.fields.find((field) => field.number === number)?.message
    if (message === undefined || wireType !== WireType.LengthDelimited) {
      reader.skip(wireType, number)
      continue
    }
    if (++count > MAX_MESSAGES) throw new NotProtobuf(`The body has more than ${MAX_MESSAGES} messages`)
    const length = reader.uint32()
    count = countMessages(reader, message, reader.pos + length, count)
  }
  return count
}
