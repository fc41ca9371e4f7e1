export declare function digest(paths: readonly string[], salt?: string): string
