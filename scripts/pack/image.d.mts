export function stageImage(folder: string): Promise<void>
