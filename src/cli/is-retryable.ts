import { retryableByCode } from '../rotation/errors.ts';

/** Whether what a function said by this code passes by itself; `false` of one that is none of ours. */
export const isRetryable = (code: string): boolean =>
  Object.entries(retryableByCode).some(([each, may]) => each === code && may);
