export declare const repositoryRoot: string
export declare const modules: string
export declare const cache: string
export declare const sharedCache: string
