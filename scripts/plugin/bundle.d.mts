export function buildPlugin(options?: { minify?: boolean }): Promise<[name: string, text: string][]>
