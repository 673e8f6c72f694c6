/**
 * One AWS service of the local endpoint. Answers a request that is addressed to it, and
 * `undefined` where another service is meant.
 */
export type AwsService = (request: Request) => Promise<Response | undefined>;

/** The account and region every local ARN names. */
export const localAccount = '000000000000';
export const localRegion = 'us-east-1';
