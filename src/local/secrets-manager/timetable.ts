import type { LocalClock } from '../clock.ts';
import { Alarms } from './alarms.ts';
import { nextWindow } from './schedule.ts';
import type { Secret } from './secret.ts';

/** Scheduled rotations: calls back at the start of each secret's rotation windows. */
export class Timetable {
  readonly #alarms: Alarms;
  readonly #rotate: (secret: Secret) => void;

  constructor(clock: LocalClock, rotate: (secret: Secret) => void) {
    this.#alarms = new Alarms(clock);
    this.#rotate = rotate;
  }

  /** Schedules the windows after `from` and tells the secret when its next rotation is due. */
  arm(secret: Secret, from: Date): void {
    secret.rotation.nextDate = this.#arm(secret, from);
  }

  disarm(secret: Secret): void {
    this.#alarms.clear(secret.arn);
    secret.rotation.nextDate = undefined;
  }

  close(): void {
    this.#alarms.close();
  }

  #arm(secret: Secret, from: Date): Date | undefined {
    const window = nextWindow(secret.rotation.rules ?? {}, from);
    this.#alarms.clear(secret.arn);
    if (!window || !secret.rotation.enabled) return undefined;

    this.#alarms.set(secret.arn, window.start, () => {
      // The due date stays until a rotation succeeds: a secret may be overdue.
      this.#arm(secret, window.start);
      this.#rotate(secret);
    });
    return window.end;
  }
}
