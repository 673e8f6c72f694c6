import type { FoundSecret } from '../find-secret.ts';
import type { InspectionAnswer } from '../inspection.ts';
import { readCurrentValue, requireSecret } from '../publish/current-value.ts';
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

/**
 * Asks a person for the values that work, hidden, and publishes them once every system accepts them.
 * Needs the permission to read and to store the secret. Answers why it was not published, in
 * sentences; `undefined` where it was. Throws a Failure, or Interrupted.
 */
export async function askForValues(
  { secret, inspection, keys }: Wanted,
  terminal: Terminal,
): Promise<string | undefined> {
  const described = await requireSecret(secret.arn);
  const current = await readCurrentValue(described);
  const document = documentOf(current.value);
  if (!document) return wholeValue(secret.name);

  const changes = inspection.keys.filter(({ key }) => keys.includes(key)).flatMap(asked);
  const answers = await terminal.askHidden(
    changes.map((key) => ({ key, message: `${key}: the value that works`, problemWith })),
  );
  const values = Object.fromEntries(answers);
  const { text } = withValues({ name: secret.name, document, values });
  const published = await publishProven({ secret: secret.arn, current, value: { text } });
  const { outcome, keys: judged, problem } = published;
  if (outcome === 'published') return undefined;
  const refused = judged.filter(({ meaning }) => meaning !== 'works' && meaning !== 'as-before');
  return `That was not published. ${problem ?? `It is not accepted: ${refused.map(({ key }) => key).join(', ')}.`}`;
}

/** Of what one credential is made of, the keys that must be there. */
const asked = ({ changes }: InspectionAnswer['keys'][number]) => changes;

const problemWith = (answer: string) => (answer === '' ? 'It is empty.' : undefined);

const wholeValue = (name: string) =>
  `AWSCURRENT of ${name} is no JSON object of keys, so no key of it can be replaced alone. Restore a backup ` +
  '(keyturn restore), or store the whole value again.';
