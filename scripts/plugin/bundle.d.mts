export function buildPlugin(): Promise<[name: string, text: string][]>
