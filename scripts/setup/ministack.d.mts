export type Ministack = { readonly program: string; readonly missing?: undefined } | { readonly missing: string }
export declare function setupMinistack(folder?: string): Ministack
