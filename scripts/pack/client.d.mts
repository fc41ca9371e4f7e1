export declare function stageClient(stage: string): void
