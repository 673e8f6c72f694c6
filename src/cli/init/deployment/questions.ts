import type { Plan } from '../../../rotation/plan.ts';
import type { Terminal } from '../../terminal.ts';
import type { InitOptions } from '../options.ts';
import type { Deployment } from './deployment.ts';
import { problemWith, type Answers } from './parameters.ts';
import { brokenBy } from './rules.ts';

interface Asking {
  readonly plan: Plan;
  readonly options: Pick<InitOptions, 'without'>;
  readonly terminal: Pick<Terminal, 'ask'>;
}

interface Question {
  readonly name: string;
  readonly text: string;
  /** Whether it matters, after what was answered. */
  readonly matters: (answers: Answers) => boolean;
  /** The parameter's value for what somebody typed. */
  readonly read?: (typed: string) => string;
}

/**
 * Asks for what a deployment needs and no option said, and again where an answer does not fit. An
 * empty answer leaves a parameter as it is by default.
 */
export async function askAnswers(
  { answers, entries }: Deployment,
  { plan, options, terminal }: Asking,
): Promise<Answers> {
  const given: Record<string, string> = {};
  const questions = questionsFor(plan, options, entries !== undefined);
  for (const [index, question] of questions.entries()) {
    const { name } = question;
    const known = { ...answers, ...given };
    if (!isOpen(question, known)) continue;
    const later = questions.slice(index + 1);
    const problemOf = (answer: string) => problem(name, { ...known, [name]: answer }, later);
    const answer = await askUntilFit(question, problemOf, terminal);
    if (answer !== '') given[name] = answer;
  }
  return given;
}

const isOpen = ({ name, matters }: Question, known: Answers) => !(name in known) && matters(known);

/** What is wrong with an answer, by itself or beside the others; what is asked later may make up for it. */
function problem(name: string, answers: Answers, later: readonly Question[]): string | undefined {
  const answer = answers[name] ?? '';
  const unfit = answer === '' ? undefined : problemWith(name, answer);
  if (unfit !== undefined) return `It ${unfit}.`;
  const open = later.filter((question) => isOpen(question, answers));
  const [broken] = brokenBy(
    answers,
    open.map((question) => question.name),
  );
  return broken && `It does not fit: ${broken.says}.`;
}

async function askUntilFit(
  { text, read = (typed) => typed }: Question,
  problemOf: (answer: string) => string | undefined,
  terminal: Asking['terminal'],
): Promise<string> {
  for (let said = ''; ;) {
    const answer = read((await terminal.ask(`${said}${text}`)).trim());
    const found = problemOf(answer);
    if (found === undefined) return answer;
    said = `${found}\n`;
  }
}

function questionsFor(plan: Plan, { without }: Pick<InitOptions, 'without'>, isChosen: boolean) {
  const rotated = (kind: string) =>
    isChosen
      ? undefined
      : plan.rotators.find(({ kind: own, key }) => own === kind && !without.includes(key))?.key;
  const master = rotated('rds-master-password');
  const token = rotated('twilio-auth-token');
  const all: readonly (Question | undefined)[] = [
    master === undefined
      ? undefined
      : {
          name: 'DbInstance',
          text: `The RDS instance whose master password ${master} is (empty: it is not rotated yet):`,
          matters: ({ DbCluster: cluster, DbRotator: rotator }) => !cluster && !rotator,
        },
    token === undefined
      ? undefined
      : {
          name: 'RotateTwilio',
          text: `Rotate ${token}? One environment of an account may do that [y/N]:`,
          matters: () => true,
          read: (typed) => (/^y(es)?$/i.test(typed) ? 'true' : 'false'),
        },
    {
      name: 'SubnetIds',
      text: 'The subnets that lead to the database, with commas between (empty: no VPC):',
      matters: (answers) =>
        ['DbInstance', 'DbCluster', 'DbHost'].some((name) => Boolean(answers[name])),
    },
    {
      name: 'SecurityGroupIds',
      text: 'The security groups of the functions there, with commas between:',
      matters: ({ SubnetIds: subnets }) => Boolean(subnets),
    },
    {
      name: 'AlarmEmail',
      text: 'An address of e-mail for alarms (empty: none):',
      matters: ({ AlarmTopicArn: topic, Alarms: alarms }) => !topic && alarms !== 'false',
    },
  ];
  return all.filter((question) => question !== undefined);
}
