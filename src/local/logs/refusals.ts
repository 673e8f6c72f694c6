import { JsonError } from '../json-protocol.ts';

export const noSuchGroup = () =>
  new JsonError('ResourceNotFoundException', 'The specified log group does not exist.');

export const noSuchStream = () =>
  new JsonError('ResourceNotFoundException', 'The specified log stream does not exist.');

/** Says what is wrong, and never repeats what was sent. */
export const invalidParameter = (message: string) =>
  new JsonError('InvalidParameterException', message);
