import * as v from 'valibot';
import type { JournalEntry } from '../../../src/rotation/journal.ts';
import type { Fault } from './fault.ts';
import type { Places } from './places.ts';
import { titleOf, type Point } from './point.ts';
import { SigningKeyWatch } from './signing-key-watch.ts';
import { holdsSame, type Subject, type Values } from './subjects/subject.ts';

const document = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** A version of the secret that has a value. */
export interface Version {
  readonly versionId: string;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly values: Values;
}

/** Looks after each call whether what AWSCURRENT says works, and keeps what was seen. */
export class Watch {
  readonly #places: Places;
  /** What happened, in its order. Holds no values. */
  readonly trail: string[] = [];
  readonly violations: string[] = [];
  /** Whether somebody put a value into the secret by hand. */
  edited = false;
  /** Since when a published credential does not work, in epoch ms. */
  readonly #gaps = new Map<Subject, number>();
  readonly #signingKey = new SigningKeyWatch();
  /** The version that a step is taking AWSPENDING off. */
  #releasing: Version | undefined;

  constructor(places: Places) {
    this.#places = places;
  }

  note(point: Point, fault: Fault | undefined): void {
    if (takesBack(point)) this.#releasing = this.#pending();
    this.tell(`#${point.invocation} ${titleOf(point)}${fault ? `  ← ${fault}` : ''}`);
  }

  hear(entry: JournalEntry): void {
    if (entry.kind === 'step' && entry.outcome === 'failed') {
      this.tell(`   ${entry.step} failed: ${entry.code ?? 'without a code'}`);
    }
    if (entry.kind === 'note') this.tell(`   ${entry.note}: ${entry.message}`);
    if (entry.kind === 'key' && entry.outcome === 'rejected') this.tell(`   ${entry.key} rejected`);
  }

  tell(line: string): void {
    const at = (this.#places.clock.now().getTime() - start) / 1000;
    this.trail.push(`${at.toFixed(2).padStart(10)}  ${line}`);
  }

  violate(what: string): void {
    if (this.violations.includes(what)) return;
    this.violations.push(what);
    this.tell(`!! ${what}`);
  }

  /** What AWSCURRENT says now. */
  published(): Version {
    const version = this.#versionWith('AWSCURRENT');
    if (!version) throw new Error('The secret has no current version.');
    return version;
  }

  /** What it compares later looks with. */
  memory(): unknown {
    const gaps = this.#places.subjects.map((each) => this.#gaps.has(each));
    return [gaps, this.#signingKey.memory(), this.edited];
  }

  async look(): Promise<void> {
    const published = this.published();
    if (!this.#signingKey.isKept(published)) {
      this.violate('the SECRET_KEY published before is not among the fallbacks');
    }
    for (const subject of this.#places.subjects) await this.#lookAt(subject, published.values);
    await this.#lookAtReleased(published);
  }

  /** What AWSCURRENT says works; where a switch makes a gap, it ends, whoever calls or does not. */
  async #lookAt(subject: Subject, published: Values): Promise<void> {
    const { title, longestGapMs } = subject;
    const now = this.#places.clock.now().getTime();
    if (await subject.accepts(published)) {
      if (this.#gaps.delete(subject)) this.tell('   gap ended');
      return;
    }
    if (longestGapMs === 0) return this.violate(`${title} under AWSCURRENT does not work`);
    const since = this.#gaps.get(subject);
    if (since === undefined) this.tell('   gap began');
    this.#gaps.set(subject, since ?? now);
    if (now - (since ?? now) > longestGapMs) {
      this.violate(`${title} under AWSCURRENT did not work for five minutes`);
    }
  }

  /** When a step takes AWSPENDING off, what it made must not work any more. */
  async #lookAtReleased(published: Version): Promise<void> {
    const released = this.#releasing;
    if (!released || this.#pending()?.versionId === released.versionId) return;
    this.#releasing = undefined;
    if (released.versionId === published.versionId) return;
    for (const subject of this.#places.subjects) {
      if (holdsSame(subject, released.values, published.values)) continue;
      if (!(await subject.accepts(released.values))) continue;
      this.violate('AWSPENDING came off before the proof');
    }
  }

  #pending(): Version | undefined {
    return this.#versionWith('AWSPENDING');
  }

  #versionWith(label: string): Version | undefined {
    const { secretsManager, secretArn } = this.#places;
    const version = secretsManager.inspect(secretArn, label);
    if (version?.secretString === undefined) return undefined;
    const { versionId, createdDate, secretString } = version;
    const values = v.parse(document, secretString);
    return { versionId, createdAt: createdDate.getTime(), values };
  }
}

/** What a person asks for takes the label off first, and looks again at what was stored meanwhile. */
const takesBack = ({ step, operation, detail }: Point) =>
  step !== 'rollback' &&
  step !== 'repair' &&
  operation === 'UpdateSecretVersionStage' &&
  detail === 'AWSPENDING off';

const start = Date.parse('2026-01-01T00:00:00Z');
