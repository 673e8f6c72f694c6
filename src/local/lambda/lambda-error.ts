import { localAccount, localRegion } from '../aws-service.ts';

/** A refusal as Lambda words it. */
export class LambdaError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.name = 'LambdaError';
    this.code = code;
    this.status = status;
  }

  toResponse(): Response {
    const headers = { 'x-amzn-errortype': this.code, 'x-amzn-requestid': crypto.randomUUID() };
    return Response.json({ Type: 'User', Message: this.message }, { status: this.status, headers });
  }
}

export const notFound = (named: string) => {
  const arn = named.startsWith('arn:')
    ? named
    : `arn:aws:lambda:${localRegion}:${localAccount}:function:${named}`;
  return new LambdaError('ResourceNotFoundException', 404, `Function not found: ${arn}`);
};

/** What names a function that has no policy, or no such statement in it. */
export const noPolicy = () =>
  new LambdaError('ResourceNotFoundException', 404, 'The resource you requested does not exist.');
