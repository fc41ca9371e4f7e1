export declare function stageClaudePlugin(stage: string): Promise<void>
