export declare const claudeCodeVersions: { readonly newest: string; readonly old: string }
export declare function setupClaudeCode(version: string, folder?: string): Promise<string>
