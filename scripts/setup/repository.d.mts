export const repositoryRoot: string
export const modules: string
export const cache: string
export const sharedCache: string
