export declare function stageSignalbox(stage: string, options?: { compress?: boolean }): Promise<void>
