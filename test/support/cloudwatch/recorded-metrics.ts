import * as v from 'valibot';
import { emittedIn } from '../../handlers/support/embedded-metrics.ts';

/** A metric's name, with the dimensions that are part of it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One value, of the minute it is of, and when CloudWatch gets to know it. */
interface Recorded {
  readonly value: number;
  readonly minute: number;
  readonly knownAt: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
  /** Values that came later than this are not seen. */
  readonly now: number;
}

const stamped = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ _aws: v.object({ Timestamp: v.number() }) }),
);

/** All that CloudWatch was sent. It keeps metrics of standard resolution by the minute. */
export class RecordedMetrics {
  readonly #recorded = new Map<string, Recorded[]>();

  add(metric: Metric, { value, at, knownAt }: { value: number; at: number; knownAt: number }) {
    const minute = Math.floor(at / 60_000) * 60_000;
    const key = keyOf(metric);
    this.#recorded.set(key, [...(this.#recorded.get(key) ?? []), { value, minute, knownAt }]);
  }

  /** Reads a line of the Embedded Metric Format as CloudWatch does. */
  read(line: string, knownAt: number): void {
    const { _aws } = v.parse(stamped, line);
    const { dimensions: sets, metrics } = emittedIn(line);
    for (const dimensions of sets) {
      for (const [name, values] of Object.entries(metrics)) {
        for (const value of [values].flat()) {
          const metric = { namespace: 'Keyturn', name, dimensions };
          this.add(metric, { value, at: _aws.Timestamp, knownAt });
        }
      }
    }
  }

  valuesOf(metric: Metric, { from, to, now }: Span): readonly number[] {
    return (this.#recorded.get(keyOf(metric)) ?? [])
      .filter(({ minute, knownAt }) => minute >= from && minute < to && knownAt <= now)
      .map(({ value }) => value);
  }
}

const keyOf = ({ namespace, name, dimensions }: Metric) =>
  JSON.stringify([namespace, name, Object.entries(dimensions).toSorted(byName)]);

const byName = ([one]: readonly [string, string], [other]: readonly [string, string]) =>
  one.localeCompare(other);
