export function setupNode18(folder?: string): Promise<string>
