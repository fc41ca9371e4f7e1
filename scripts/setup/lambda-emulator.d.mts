export type LambdaEmulator = { readonly rie: string; readonly ric: string; readonly missing?: undefined } | { readonly missing: string }
export declare function setupLambdaEmulator(options?: { fetch?: boolean; folder?: string }): Promise<LambdaEmulator>
