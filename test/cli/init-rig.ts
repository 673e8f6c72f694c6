import { readdir } from 'node:fs/promises';
import { Interrupted } from '../../src/cli/failure.ts';
import { init } from '../../src/cli/init/init.ts';
import { readOptions } from '../../src/cli/init/options.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { expectSilent } from '../support/expect-told.ts';
import type { copyOfKeyturn } from './copy-of-keyturn.ts';
import { sample, samples } from './local-secrets.ts';
import { useStubbedSecrets } from './use-local-secrets.ts';

type Copy = Awaited<ReturnType<typeof copyOfKeyturn>>;

interface Run {
  /** Typed at the questions of a person; without it nobody is there. */
  readonly typed?: readonly string[];
}

/** A local Secrets Manager, and the command in this process, which may tell no value. */
export function useInitRig() {
  const secrets = useStubbedSecrets();

  /** For a secret whose values somebody types, or who is not there. */
  async function run({ folder }: Pick<Copy, 'folder'>, given: object, { typed }: Run = {}) {
    const { said, asked, terminal } = somebody(typed);
    const options = readOptions({ yes: typed === undefined, ...given });
    const error: unknown = await init(options, terminal, { folder }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expectSilent(said.join('') + String(error), [...samples, ...secrets().sent]);
    return { said: said.join(''), asked, error };
  }

  return { secrets, run, made: () => secrets().made().length };
}

function somebody(typed: Run['typed']) {
  const [said, asked]: [string[], string[]] = [[], []];
  const answers = [...(typed ?? [])];
  const terminal: Terminal = {
    interactive: typed !== undefined,
    tell: (text) => void said.push(text),
    answer: async (text) => void said.push(text),
    ask: async (question) => {
      asked.push(question);
      const answer = answers.shift();
      if (answer === undefined) throw new Interrupted();
      return answer;
    },
    confirm: async (question) => {
      asked.push(question);
      return true;
    },
    askHidden: async () => new Map(Object.entries(sample)),
  };
  return { said, asked, terminal };
}

/** The keys that nobody generates. */
export const alone = ['DB_PASSWORD', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'];

/** For a secret of one key that is generated: nobody needs to be there. */
export const generated = (secret: string, more: object = {}) => ({
  secret,
  without: alone,
  ...more,
});

/** What was written into a copy of Keyturn, or left there half-way. */
export const filesIn = async ({ folder }: Pick<Copy, 'folder'>) =>
  (await readdir(folder)).filter((name) => /samconfig|config\.new|tmp/.test(name));
