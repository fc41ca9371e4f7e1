export function packageExtension(): Promise<{ vsix: Buffer; files: Map<string, Buffer> }>
export function bundleExtension(): Promise<[name: string, content: string][]>
