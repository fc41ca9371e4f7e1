export declare const codexVersions: { readonly newest: string; readonly old: string }
export declare function setupCodex(version: string, folder?: string): Promise<string>
