import { serializerCompiler } from 'fastify-type-provider-zod'
import { validatorCompiler } from './validate.ts'

/** Those of Fastify check with other libraries, which no route uses and which take a tenth of the start. */
export const schemaController = {
  compilersFactory: { buildValidator: () => validatorCompiler as never, buildSerializer: () => serializerCompiler as never },
}
