export const missingLitestream: string
export function setupLitestream(options?: { env?: NodeJS.ProcessEnv; folder?: string }): string | undefined
