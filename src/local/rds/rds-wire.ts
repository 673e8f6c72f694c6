import { QueryError, queryFailure, queryResult, type XmlElements } from '../query-protocol.ts';
import { queryServices } from '../service-descriptors.ts';

export type { XmlElements } from '../query-protocol.ts';

/** A refusal as RDS words it. Its message names parameters and never holds a value of a password. */
export class RdsError extends QueryError {
  constructor(code: string, message: string, status = 400) {
    super(code, message, status);
    this.name = 'RdsError';
  }
}

const { namespace } = queryServices.rds;

export const resultResponse = (action: string, result: XmlElements): Response =>
  queryResult(namespace, action, result);

export const errorResponse = (error: QueryError): Response => queryFailure(namespace, error);
