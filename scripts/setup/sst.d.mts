export declare const SST: string
