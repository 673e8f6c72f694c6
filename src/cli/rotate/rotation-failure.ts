import { Failure } from '../failure.ts';

/** A rotation that was not seen to succeed; its document also holds what was seen of it. */
export class RotationFailure extends Failure {
  readonly #seen: object;

  constructor(code: string, message: string, seen: object) {
    super(code, message);
    this.#seen = seen;
  }

  override toJSON() {
    return { ...this.#seen, ...super.toJSON() };
  }
}
