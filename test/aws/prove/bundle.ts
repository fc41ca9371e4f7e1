// @ts-expect-error plain JavaScript
import { buildLambda } from '../../../scripts/lambda/build.mjs'
import { setupLambdaEmulator } from '../../../scripts/setup/lambda-emulator.mjs'
import { makeTempFolder, removeFolder } from '../../support/temp.ts'

/** Builds the bundle once for all proofs. */
export async function setup(): Promise<() => void> {
  const { missing } = await setupLambdaEmulator({ fetch: true })
  if (missing !== undefined) throw new Error(missing)
  const folder = makeTempFolder()
  await buildLambda(folder)
  process.env.LAMBDA_BUNDLE = folder
  return () => removeFolder(folder)
}
