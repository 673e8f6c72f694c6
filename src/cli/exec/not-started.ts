import { Failure } from '../failure.ts';

/** There is no such program. Shells answer the same exit code. */
export class ProgramNotFound extends Failure {
  override readonly exitCode = 127;

  constructor(message: string) {
    super('PROGRAM_NOT_FOUND', message);
  }
}

/** The program is there and cannot be started. Shells answer the same exit code. */
export class ProgramNotExecutable extends Failure {
  override readonly exitCode = 126;

  constructor(message: string) {
    super('PROGRAM_NOT_EXECUTABLE', message);
  }
}
