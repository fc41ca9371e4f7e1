export declare function packTarball(stage: (stage: string) => void | Promise<void>, out: string): Promise<string>
