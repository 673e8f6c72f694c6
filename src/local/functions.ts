/** A Lambda function as the stand-ins see it: called with an event, it answers or throws. */
export type LocalFunction = (event: unknown) => Promise<unknown>;

/** The functions that "exist", by ARN. Stand-ins refuse to invoke any other. */
export type LocalFunctions = Pick<ReadonlyMap<string, LocalFunction>, 'get' | 'has'>;

/** Functions that say beforehand whether a secret's rotation may invoke them. */
export interface InvocableFunctions extends LocalFunctions {
  mayInvoke(functionArn: string, secretArn: string): Promise<boolean>;
}
