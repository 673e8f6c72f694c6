import * as v from 'valibot';
import type { JournalEntry } from '../../../src/rotation/journal.ts';
import type { Fault } from './fault.ts';
import type { Places } from './places.ts';
import { titleOf, type Point } from './point.ts';

/** The longest that a switch gap may last, in ms, whoever calls or does not call. */
const longestGapMs = 300_000;

const values = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    SECRET_KEY: v.string(),
    SECRET_KEY_FALLBACKS: v.optional(v.array(v.string()), []),
    DB_PASSWORD: v.string(),
    TWILIO_ACCOUNT_SID: v.string(),
    TWILIO_AUTH_TOKEN: v.string(),
  }),
);

/** Looks after each call whether what AWSCURRENT says works, and keeps what was seen. */
export class Watch {
  readonly #places: Places;
  /** What happened, in its order. Holds no values. */
  readonly trail: string[] = [];
  readonly violations: string[] = [];
  #gapSince: number | undefined;
  #signing: SigningKey | undefined;
  /** The version that a step is taking AWSPENDING off. */
  #releasing: Values | undefined;

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
  published(): Published {
    const version = this.#places.secretsManager.inspect(this.#places.secretArn, 'AWSCURRENT');
    if (!version) throw new Error('The secret has no current version.');
    const { versionId, createdDate } = version;
    return {
      ...v.parse(values, version.secretString),
      versionId,
      createdAt: createdDate.getTime(),
    };
  }

  /** What it compares later looks with. */
  memory(): unknown {
    return [this.#gapSince === undefined, this.#signing?.key, this.#signing?.undone];
  }

  async look(): Promise<void> {
    const published = this.published();
    if (!this.twilioTokens().includes(published.TWILIO_AUTH_TOKEN)) {
      this.violate('the Twilio token under AWSCURRENT does not work');
    }
    this.#lookAtSigningKey(published);
    await this.#lookAtDatabase(published.DB_PASSWORD);
    await this.#lookAtReleased(published);
  }

  /** Tokens that work at Twilio now. */
  twilioTokens(): readonly string[] {
    const { twilio } = this.#places;
    const sid = this.published().TWILIO_ACCOUNT_SID;
    const secondary = twilio.secondaryOf(sid);
    return [twilio.primaryOf(sid), ...(secondary === undefined ? [] : [secondary])];
  }

  /** Whether the real database accepts a password now. */
  async databaseAccepts(password: string): Promise<boolean> {
    const { ground, master } = this.#places;
    const verdict = await master.verdict({
      host: ground.host,
      port: ground.port,
      user: master.user,
      password,
      database: 'postgres',
      tls: 'off',
      signal: new AbortController().signal,
    });
    return verdict === 'accepted';
  }

  /**
   * Sessions signed with the key that was published a moment ago must still verify. A version that
   * a rollback brings back cannot know the key that was undone; the next one must, unless somebody
   * put a value by hand in between.
   */
  #lookAtSigningKey({ SECRET_KEY: key, SECRET_KEY_FALLBACKS: fallbacks, createdAt }: Published) {
    const before = this.#signing;
    if (before?.createdAt === createdAt) return;
    const broughtBack = before !== undefined && createdAt <= before.createdAt;
    const owed = before ? [before.key, ...before.undone] : [];
    this.#signing = { key, createdAt, undone: broughtBack ? owed : [] };
    if (!broughtBack && owed.some((each) => each !== key && !fallbacks.includes(each))) {
      this.violate('the SECRET_KEY published before is not among the fallbacks');
    }
  }

  /** When a step takes AWSPENDING off, what it made must not work any more. */
  async #lookAtReleased(published: Published): Promise<void> {
    const released = this.#releasing;
    if (!released || this.#pending()?.versionId === released.versionId) return;
    this.#releasing = undefined;
    if (released.versionId === published.versionId) return;
    const { TWILIO_AUTH_TOKEN: token, DB_PASSWORD: password } = released;
    const tokenWorks = token !== published.TWILIO_AUTH_TOKEN && this.twilioTokens().includes(token);
    const passwordWorks =
      password !== published.DB_PASSWORD && (await this.databaseAccepts(password));
    if (tokenWorks || passwordWorks) this.violate('AWSPENDING came off before the proof');
  }

  #pending(): Values | undefined {
    const { secretsManager, secretArn } = this.#places;
    const version = secretsManager.inspect(secretArn, 'AWSPENDING');
    if (version?.secretString === undefined) return undefined;
    return { ...v.parse(values, version.secretString), versionId: version.versionId };
  }

  async #lookAtDatabase(password: string): Promise<void> {
    const now = this.#places.clock.now().getTime();
    if (await this.databaseAccepts(password)) {
      if (this.#gapSince !== undefined) this.tell('   gap ended');
      this.#gapSince = undefined;
      return;
    }
    if (this.#gapSince === undefined) this.tell('   gap began');
    this.#gapSince ??= now;
    if (now - this.#gapSince > longestGapMs) {
      this.violate('the database password under AWSCURRENT did not work for five minutes');
    }
  }
}

/** A rollback takes the label off first, and looks again at what was stored meanwhile. */
const takesBack = ({ step, operation, detail }: Point) =>
  step !== 'rollback' && operation === 'UpdateSecretVersionStage' && detail === 'AWSPENDING off';

interface Values extends v.InferOutput<typeof values> {
  readonly versionId: string;
}

interface Published extends Values {
  /** Epoch ms. */
  readonly createdAt: number;
}

interface SigningKey {
  readonly key: string;
  readonly createdAt: number;
  /** Keys that a rollback took back, and that no version has among its fallbacks yet. */
  readonly undone: readonly string[];
}

const start = Date.parse('2026-01-01T00:00:00Z');
