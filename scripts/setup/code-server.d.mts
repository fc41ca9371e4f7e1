export function setupCodeServer(folder?: string): Promise<string>
