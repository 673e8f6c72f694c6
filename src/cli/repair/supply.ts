import { requireSecret, type FoundSecret } from '../find-secret.ts';
import type { SecretDocument } from '../../rotation/secret-document.ts';
import type { InspectionAnswer } from '../inspection.ts';
import { printableName } from '../printable.ts';
import { readCurrentValue } from '../publish/current-value.ts';
import type { Held } from '../publish/judgement.ts';
import type { Published } from '../publish/prove.ts';
import { refusalOf } from '../publish/refusal.ts';
import { publishProven } from '../publish/publish-proven.ts';
import { documentOf } from '../publish/stored-value.ts';
import { withValues } from '../publish/with-values.ts';
import type { Terminal } from '../terminal.ts';

interface Wanted {
  readonly secret: FoundSecret;
  readonly inspection: InspectionAnswer;
  /** The configured keys whose credential is lost. */
  readonly keys: readonly string[];
}

/** The configured keys that were published, or why none was, in sentences. */
type Supplied =
  | { readonly published: readonly string[]; readonly refusal?: never }
  | { readonly published?: never; readonly refusal: string };

/**
 * Asks a person for the values that work, hidden, and publishes those that their systems accept; what
 * is not accepted stays as it is in AWSCURRENT. Needs the permission to read and to store the secret.
 * Throws a Failure, or Interrupted.
 */
export async function askForValues(wanted: Wanted, terminal: Terminal): Promise<Supplied> {
  const { secret } = wanted;
  const current = await readCurrentValue(await requireSecret(secret.arn));
  const document = documentOf(current.value);
  if (!document) return { refusal: wholeValue(secret.name) };

  const lost = wanted.inspection.keys.filter(({ key }) => wanted.keys.includes(key));
  const answers = await terminal.askHidden(
    lost
      .flatMap(required)
      .map((key) => ({ key, message: `${printableName(key)}: the value that works`, problemWith })),
  );
  const supply = { ...wanted, current, document, answers };
  const whole = await publish(supply, lost);
  if (whole.outcome === 'published') return { published: namesOf(lost) };

  const [works, others] = partedBy(whole, lost);
  if (works.length === 0 || others.length === 0) return { refusal: refusalOf(whole).message };
  const part = await publish(supply, works, { force: true });
  if (part.outcome === 'refused') return { refusal: refusalOf(part).message };
  terminal.tell(
    `Not accepted, and not published: ${namesOf(others).map(printableName).join(', ')}.\n\n`,
  );
  return { published: namesOf(works) };
}

type Key = InspectionAnswer['keys'][number];

interface Supply extends Wanted {
  readonly current: Held;
  readonly document: SecretDocument;
  readonly answers: ReadonlyMap<string, string>;
}

/** The value in AWSCURRENT with what was given for these keys. */
function publish(
  { secret, inspection: { derived }, current, document, answers }: Supply,
  keys: readonly Key[],
  { force = false } = {},
): Promise<Published> {
  const names = new Set(keys.flatMap(required));
  const values = Object.fromEntries([...answers].filter(([name]) => names.has(name)));
  const { text } = withValues({ name: secret.name, document, values, derived });
  return publishProven({ secret: secret.arn, current, value: { text }, force });
}

function partedBy({ keys: judged }: Published, lost: readonly Key[]) {
  const working = new Set(
    judged.filter(({ meaning }) => meaning === 'works').map(({ key }) => key),
  );
  const works = lost.filter(({ key }) => working.has(key));
  return [works, lost.filter((key) => !works.includes(key))] as const;
}

const namesOf = (keys: readonly { readonly key: string }[]) => keys.map(({ key }) => key);

/** Of what one credential is made of, the keys that must be there. */
const required = ({ changes, optional }: Key) =>
  changes.filter((name) => !optional?.includes(name));

const problemWith = (answer: string) => (answer === '' ? 'It is empty.' : undefined);

const wholeValue = (name: string) =>
  `AWSCURRENT of ${name} is no JSON object of keys, so no key of it can be replaced alone. Restore a backup ` +
  '(keyturn restore), or store the whole value again.';
