export declare const otherNodes: { readonly oldest: string; readonly tooOld: string }
export declare function setupNodeVersion(version: string): Promise<string>
