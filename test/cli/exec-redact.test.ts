import { PassThrough, Readable } from 'node:stream';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { passOn } from '../../src/cli/exec/drained.ts';
import { redacting, Redaction } from '../../src/cli/exec/redact.ts';
import type { Document } from '../../src/cli/secret-version.ts';
import { localSecrets, type LocalSecrets } from './local-secrets.ts';
import { runKeyturn } from './run-keyturn.ts';
import { startKeyturn } from './start-keyturn.ts';
import { storedSecret } from './stored-secret.ts';

function redactorOf(...documents: readonly Document[]) {
  const redaction = new Redaction();
  for (const document of documents) redaction.add(document);
  return redaction.redactor();
}

/** What is shown of each chunk, and at the end. */
function shownOf(document: Document, chunks: readonly (Buffer | string)[]): readonly string[] {
  const redactor = redactorOf(document);
  const shown = chunks.map((chunk) => redactor.write(Buffer.from(chunk)));
  return [...shown, redactor.end()].map(String);
}

const whole = (document: Document, text: string) => shownOf(document, [text]).join('');

describe('what is redacted', () => {
  const document = {
    PASSWORD: 'hunter2!',
    LONGER: 'hunter2!hunter3',
    PORT: 5432,
    SHORT: 'abc',
    DEBUG: true,
    KEYS: ['first-key', 'second-key'],
    URL: 'p@ss/"word"',
    SPACES: ' is trimmed\n',
    LINES: 'line number one\nshort\nline number three',
    GREETING: 'grüße',
    FORM: 'two words!',
    NESTED: { long: 12_345, short: 123 },
  };

  test.each([
    ['a value', 'x hunter2! y', 'x [redacted PASSWORD] y'],
    ['a value twice', 'hunter2!hunter2!', '[redacted PASSWORD][redacted PASSWORD]'],
    ['the longest that fits', 'hunter2!hunter3', '[redacted LONGER]'],
    ['what was begun in vain', 'hunter2!hunter4', '[redacted PASSWORD]hunter4'],
    ['a value after its own beginning', 'hunthunter2!', 'hunt[redacted PASSWORD]'],
    ['a number', 'port 5432', 'port [redacted PORT]'],
    ['texts of a list', 'second-key', '[redacted KEYS]'],
    ['a list as JSON', 'first-key second-key', '[redacted KEYS] [redacted KEYS]'],
    ['a value within JSON', String.raw`"p@ss/\"word\""`, '"[redacted URL]"'],
    ['a value within a URL', 'db://p%40ss%2F%22word%22@h', 'db://[redacted URL]@h'],
    ['a value without its spaces', 'it is trimmed.', 'it [redacted SPACES].'],
    ['lines of a value', '> line number one', '> [redacted LINES]'],
    ['no short lines of a value', 'short', 'short'],
    ['a value within the JSON of Python', String.raw`"gr\u00fc\u00dfe"`, '"[redacted GREETING]"'],
    ['a value within the JSON of PHP', String.raw`p@ss\/\"word\"`, '[redacted URL]'],
    ['a value within a form', 'key=two+words%21&', 'key=[redacted FORM]&'],
    ['long numbers within an object', '12345 or 123', '[redacted NESTED] or 123'],
    ['nothing short', 'abc is true', 'abc is true'],
    ['nothing else', 'häßlich ☃ 𝄞\r\n', 'häßlich ☃ 𝄞\r\n'],
  ])('is %s', (_what, text, shown) => {
    expect(whole(document, text)).toBe(shown);
  });

  test('is what a later version holds, too', () => {
    const redaction = new Redaction();
    redaction.add({ KEY: 'value-one' });
    const redactor = redaction.redactor();
    redaction.add({ KEY: 'value-two' });

    const shown = redactor.write(Buffer.from('value-one, value-two.'));

    expect(String(shown)).toBe('[redacted KEY], [redacted KEY].');
  });
});

describe('what is held back', () => {
  test.each([
    ['nothing of a prompt', ['Name: '], ['Name: ', '']],
    ['the beginning of a value', ['my hunt', 'er'], ['my ', '', 'hunter']],
    ['no more than that', ['hunthun', 'x'], ['hunt', 'hunx', '']],
    ['what the end releases', ['hunter2'], ['', 'hunter2']],
    [
      'a value in pieces',
      [...'hunter2!'.split(''), '.'],
      [...Array(7).fill(''), '[redacted KEY]', '.', ''],
    ],
  ])('is %s', (_what, chunks, shown) => {
    expect(shownOf({ KEY: 'hunter2!' }, chunks)).toEqual(shown);
  });
});

/** Few characters, so that values begin alike, contain each other and stand in the text. */
const letters = fc.constantFrom('a', 'b', 'ä', '☃');
const value = fc.string({ unit: letters, minLength: 4, maxLength: 9 });

const given = fc
  .record({
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
    between: fc.array(fc.string({ unit: letters, maxLength: 6 }), { minLength: 1, maxLength: 6 }),
  })
  .map(({ values, between }) => ({
    document: Object.fromEntries(values.map((each, index) => [`K${index}`, each])),
    text: between.map((each, index) => each + (values[index % values.length] ?? '')).join(''),
  }));

const cuts = fc.array(fc.nat({ max: 300 }), { maxLength: 40 });

/** Bytes, cut in the midst of characters, too. */
function cutUp(text: string, places: readonly number[]): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const ends = [...places.filter((place) => place < bytes.length), bytes.length].toSorted(
    (one, two) => one - two,
  );
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

/** As a regular expression has it: at each place the longest value. */
function replaced(document: Readonly<Record<string, string>>, text: string): string {
  const byLength = Object.entries(document).toSorted(([, a], [, b]) => bytesOf(b) - bytesOf(a));
  const values = byLength.flatMap(([, each]) => [each, encodeURIComponent(each)]);
  const keyOf = (found: string) => Object.keys(document).find((key) => document[key] === found);
  return text.replace(new RegExp(values.join('|'), 'g'), (found) => `[redacted ${keyOf(found)}]`);
}

const bytesOf = (text: string) => Buffer.byteLength(text);

test('however the output is cut up, it shows what replacing in the whole would', () => {
  fc.assert(
    fc.property(given, cuts, ({ document, text }, places) => {
      const redactor = redactorOf(document);
      const shown = cutUp(text, places).map((chunk) => redactor.write(chunk));

      expect(Buffer.concat([...shown, redactor.end()]).toString()).toBe(replaced(document, text));
    }),
  );
});

test('no more is held back than the beginning of a value', () => {
  fc.assert(
    fc.property(given, ({ document, text }) => {
      const redactor = redactorOf(document);
      redactor.write(Buffer.from(text));

      const held = String(redactor.end());

      // What may be the beginning of one value may hold another one.
      const spelled = Object.values(document).flatMap((each) => [each, encodeURIComponent(each)]);
      const beginnings = spelled.flatMap((each) =>
        Array.from({ length: each.length }, (_, length) => each.slice(0, length)),
      );
      expect(beginnings.map((each) => replaced(document, each))).toContain(held);
    }),
  );
});

let secrets: LocalSecrets;
let name: string;

beforeAll(async () => {
  secrets = await localSecrets();
  ({ name } = await storedSecret(
    secrets,
    { PASSWORD: 'the-one-before' },
    { PASSWORD: 'hunter2!hunter2!', UMLAUT: 'größer☃' },
  ));
});
afterAll(() => secrets.close());

const endpoint = () => ({ ...secrets, env: { KEYTURN_SECRET_ID: name } });

describe('exec --redact', () => {
  test('redacts what the program prints on both outputs', async () => {
    const script = `
      echo "it is $PASSWORD"; echo "$UMLAUT!" >&2; echo "before: $PASSWORD_PREVIOUS"
      printf 'hunter2!'; sleep 0.2; printf 'hunter2!\\n'; exit 7`;

    const args = ['exec', '--previous', '--redact', '--', 'sh', '-c', script];
    const run = await runKeyturn(endpoint(), ...args);

    expect(run).toEqual({
      exitCode: 7,
      stdout: 'it is [redacted PASSWORD]\nbefore: [redacted PASSWORD]\n[redacted PASSWORD]\n',
      stderr: '[redacted UMLAUT]!\n',
    });
  });

  test('passes bytes on that are no text, and a lot of them', async () => {
    const script = "i=0; while [ $i -lt 2000 ]; do printf '\\377\\000%01000d' 0; i=$((i+1)); done";

    const args = ['exec', '--redact', '--', 'sh', '-c', `(${script}) | tee /dev/stderr | wc -c`];
    const { exitCode, stdout } = await runKeyturn(endpoint(), ...args);

    expect({ exitCode, stdout: stdout.trim() }).toEqual({ exitCode: 0, stdout: '2004000' });
  });

  test('shows a prompt at once, and hands the answer on', async () => {
    const script = 'printf "Name: "; read -r name; echo "hello $name"';
    const running = startKeyturn(endpoint(), 'exec', '--redact', '--', 'sh', '-c', script);
    await running.said(/^Name: $/);
    running.child.stdin.end('you\n');

    expect(await running.ended()).toMatchObject({ exitCode: 0, stdout: 'Name: hello you\n' });
  });

  test('ends with the program, whatever that left running', async () => {
    const program = ['sh', '-c', 'sleep 60 & echo $!; exit 3'];

    const args = ['exec', '--redact', '--', ...program];
    const { exitCode, stdout } = await runKeyturn(endpoint(), ...args);

    expect(exitCode).toBe(3);
    // It runs on, or else this throws.
    expect(process.kill(Number(stdout), 'SIGKILL')).toBe(true);
  });

  test('leaves no listeners behind, however often a program is started', async () => {
    const to = new PassThrough().resume();
    for (let start = 0; start < 12; start += 1) {
      await passOn(Readable.from([Buffer.from('x')]), redacting(redactorOf({})), to).ended;
    }

    expect(to.listenerCount('error')).toBe(1);
    expect(to.listenerCount('close')).toBeLessThan(2);
  });

  test('ends the program where nobody reads its output', async () => {
    const script = 'trap "" PIPE; while echo line 2>/dev/null; do :; done; echo "unread" >&2';
    const running = startKeyturn(endpoint(), 'exec', '--redact', '--', 'sh', '-c', script);
    await running.said(/line/);
    running.child.stdout.destroy();

    expect(await running.ended()).toMatchObject({ stderr: 'unread\n' });
  });
});
