export declare function stageSignalbox(stage: string): Promise<void>
