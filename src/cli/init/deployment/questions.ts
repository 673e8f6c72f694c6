import type { Plan } from '../../../rotation/plan.ts';
import type { InitOptions } from '../options.ts';
import { problemWith, type Answers } from './parameters.ts';
import type { Deployment } from './deployment.ts';

/** Asks a person, who sees what she types. Throws Interrupted. */
export type Ask = (question: string) => Promise<string>;

interface Question {
  readonly name: string;
  readonly text: string;
  /** Whether it matters, after what was answered. */
  readonly matters: (answers: Answers) => boolean;
  /** The parameter's value for what somebody typed. */
  readonly read?: (typed: string) => string;
}

/**
 * Asks for what a deployment needs and no option said. An empty answer leaves a parameter as it is
 * by default.
 */
export async function askAnswers(
  { answers, entries }: Deployment,
  { plan, options, ask }: { plan: Plan; options: Pick<InitOptions, 'without'>; ask: Ask },
): Promise<Answers> {
  const given: Record<string, string> = {};
  for (const question of questionsFor(plan, options, entries !== undefined)) {
    const known = { ...answers, ...given };
    if (question.name in known || !question.matters(known)) continue;
    const answer = await askUntilFit(question, ask);
    if (answer !== '') given[question.name] = answer;
  }
  return given;
}

async function askUntilFit({ name, text, read = (typed) => typed }: Question, ask: Ask) {
  for (let problem = ''; ;) {
    const answer = read((await ask(`${problem}${text} `)).trim());
    const found = answer === '' ? undefined : problemWith(name, answer);
    if (found === undefined) return answer;
    problem = `It ${found}.\n`;
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
