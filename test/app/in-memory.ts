import type { FetchedVersion, FetchVersion } from '../../src/app/fetch-version.ts';
import { secretsIn } from '../../src/app/create-secrets.ts';
import { texts } from '../../src/app/schema.ts';
import type { Stage } from '../../src/app/snapshot.ts';
import { clockOn, type PatientClock } from './driven.ts';
import { secretId } from './support.ts';

interface Version {
  readonly document: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
}

/** A secret without a network, for properties that read thousands of times. */
export class SecretInMemory {
  readonly #versions: Version[] = [];
  readonly #labels = new Map<string, number>();
  /** From now on no read is answered. */
  hangs = false;

  /** Answers the number of the version. */
  add(document: Version['document'], createdAt = 0): number {
    return this.#versions.push({ document, createdAt }) - 1;
  }

  /** AWSCURRENT leaves AWSPREVIOUS where it was, as Secrets Manager has it. */
  label(label: Stage, version: number): void {
    const before = this.#labels.get(label);
    if (label === 'AWSCURRENT' && before !== undefined && before !== version)
      this.#labels.set('AWSPREVIOUS', before);
    this.#labels.set(label, version);
  }

  unlabel(label: Stage): void {
    this.#labels.delete(label);
  }

  documentAt(label: Stage): Version['document'] | undefined {
    return this.#versions[this.#labels.get(label) ?? -1]?.document;
  }

  readonly fetchVersion: FetchVersion = async (stage): Promise<FetchedVersion | undefined> => {
    if (this.hangs) await new Promise(() => undefined);
    const number = this.#labels.get(stage) ?? -1;
    const version = this.#versions[number];
    const labels = [...this.#labels].flatMap(([label, at]) => (at === number ? [label] : []));
    return version && { ...version, versionId: `v${number}`, labels };
  };

  /** An application of its own that reads it. */
  application(driven: PatientClock, random?: () => number) {
    const clock = clockOn(driven, random);
    const surroundings = { clock, env: {}, fetchVersion: this.fetchVersion };
    return secretsIn(surroundings, { secretId, schema: texts(), log: false });
  }
}
