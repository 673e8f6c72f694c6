import { Failure } from './failure.ts';

/** A failure whose document also holds what was seen until then. */
export class DocumentedFailure extends Failure {
  readonly #seen: object;

  constructor(code: string, message: string, seen: object) {
    super(code, message);
    this.#seen = seen;
  }

  override toJSON() {
    return { ...this.#seen, ...super.toJSON() };
  }
}
