export declare const proofFile: string
export declare function awsDigest(): string
