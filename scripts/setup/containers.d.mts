export type Containers =
  | { readonly store: string; readonly config: string; readonly compose: string; readonly missing?: undefined }
  | { readonly missing: string }
export function setupContainers(options?: { env?: NodeJS.ProcessEnv; folder?: string }): Promise<Containers>
export function storageConf(root: string, run: string, images?: string): string
