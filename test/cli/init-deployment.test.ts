import * as fc from 'fast-check';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { check, resolveConfig } from 'prettier';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ownRotation, readUnasked, type AnyConfigure } from '../../src/cli/init/configured.ts';
import { readDeployment } from '../../src/cli/init/deployment/deployment.ts';
import { planFiles } from '../../src/cli/init/deployment/plan-files.ts';
import {
  problemWith,
  templateParameters,
  type Accepts,
  type Answers,
} from '../../src/cli/init/deployment/parameters.ts';
import { brokenBy } from '../../src/cli/init/deployment/rules.ts';
import { variablesOf } from '../../src/cli/init/deployment/variables.ts';
import { writeFiles } from '../../src/cli/init/deployment/write-files.ts';
import { readOptions } from '../../src/cli/init/options.ts';
import { readEnvironment, setVariables } from '../../src/handlers/environment.ts';
import { assertGranted } from '../../src/handlers/grants.ts';
import { rotatorKinds } from '../../src/rotators/list.ts';
import { resolved, template, variablesIn } from '../template/template.ts';
import { anyAnswers } from './any-answers.ts';
import { copyOfKeyturn } from './copy-of-keyturn.ts';

const { Parameters: parameters, Rules: rules } = template;

/** What an answer must be, in the template's own words. */
function acceptedBy(accepts: Accepts) {
  if ('values' in accepts) return { AllowedValues: accepts.values };
  if ('from' in accepts) return { MinValue: accepts.from, MaxValue: accepts.to };
  return { AllowedPattern: accepts.pattern.source.replaceAll('\\/', '/') };
}

const isList = (name: string) => parameters[name]?.Type === 'CommaDelimitedList';

describe('the copy of the template’s parameters', () => {
  test('has all of them, in their order', () => {
    expect(Object.keys(templateParameters)).toEqual(Object.keys(parameters));
  });

  test.each(Object.keys(parameters).filter((name) => !isList(name)))(
    'takes for %s what the template takes',
    (name) => {
      const { AllowedPattern, AllowedValues, MinValue, MaxValue } = parameters[name] ?? {};
      const values = AllowedValues?.map(String);
      const accepts = templateParameters[name];

      expect(accepts && acceptedBy(accepts)).toEqual(
        JSON.parse(JSON.stringify({ AllowedPattern, AllowedValues: values, MinValue, MaxValue })),
      );
      expect(problemWith(name, String(parameters[name]?.Default))).toBeUndefined();
    },
  );
});

/** Parameters as CloudFormation has them: lists taken apart. */
const asTemplate = (answers: Answers) =>
  Object.fromEntries(
    Object.entries({ SubnetIds: '', SecurityGroupIds: '', ...answers }).map(([name, answer]) => [
      name,
      isList(name) ? answer.split(',') : answer,
    ]),
  );

/** The names of the template's Rules that CloudFormation would refuse these for. */
function refusedBy(answers: Answers): readonly string[] {
  const given = asTemplate(answers);
  const holds = (part: unknown) => resolved(part, given) === true;
  return Object.entries(rules)
    .filter(([, { RuleCondition: only }]) => only === undefined || holds(only))
    .filter(([, { Assertions }]) => !Assertions.every(({ Assert }) => holds(Assert)))
    .map(([name]) => name);
}

test('refuses together exactly what the Rules of the template refuse', () => {
  fc.assert(
    fc.property(anyAnswers, (answers) => {
      expect(brokenBy(answers).map(({ name }) => name)).toEqual(refusedBy(answers));
    }),
    { numRuns: 500 },
  );
});

/** A resource's name stands for itself; what matters is whether there is one. */
const named = (variables: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value = '']) => [
      name,
      /^KEYTURN_(SCHEDULE_GROUP|SCHEDULER_ROLE_ARN|RECONCILE_ARN)$/.test(name)
        ? value !== ''
        : name === 'KEYTURN_GRANTS'
          ? value.trim().split(/\s+/)
          : value,
    ]),
  );

test('gives a configuration the variables that the template would', () => {
  fc.assert(
    fc.property(anyAnswers, (answers) => {
      expect(named(variablesIn(asTemplate(answers)))).toMatchObject(named(variablesOf(answers)));
    }),
    { numRuns: 500 },
  );
});

const admin = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/admin-AbCdEf';

describe('a rotation.config.ts that is written', () => {
  test.each([
    ['of one key', ['K=random-key']],
    ['with options that are numbers', ['K=random-key,length=100,fallbacks=3,fallbacksKey=OLD']],
    ['for a master password', ['P=rds-master-password,instance=orders,database=shop']],
    ['of a cluster', ['P=rds-master-password,cluster=orders,verify=describe,switchTimeout=60s']],
    ['for a role', ['P=postgres-password,host=db.internal,port=5433,user=app,length=64']],
    ['for a role that the secret names', ['P=postgres-password,hostKey=H,userKey=U']],
    [
      'by an administrator',
      [`P=postgres-password,instance=orders,userKey=U,adminSecret=${admin},adminUserKey=name`],
    ],
    [
      'for two roles',
      [`P=postgres-alternating,instance=o,users=a,users=b,adminSecret=${admin},userKey=U`],
    ],
    [
      'with a grace',
      [`P=postgres-alternating,host=h,users=a,users=b,adminSecret=${admin},grace=2h`],
    ],
    ['for MySQL', ['P=mysql-password,instance=orders,userKey=U']],
    ['with one password', ['P=mysql-password,host=db,user=u,passwords=one,tls=off']],
    ['for Twilio', ['T=twilio-auth-token,accountSidKey=SID', 'S=twilio-api-key,sidKey=KEY']],
    [
      'for Twilio, with what a key may do',
      [
        'S=twilio-api-key,grace=3h,keyType=restricted,policy=/twilio/messaging/messages/read,policy=/twilio/x',
      ],
    ],
    [
      'of many keys with odd names',
      [
        'A.key=random-key',
        'P-1=postgres-password,instance=orders,user=it’s,tlsKey=a"b',
        'P-2=postgres-password,host=other.internal,user=two',
        'S=twilio-api-key',
      ],
    ],
  ])('%s, loads, means what was given, and fits the template', async (_what, rotate) => {
    const { folder } = await copyOfKeyturn();
    const options = readOptions({ secret: 'shop/production', rotate });
    const deployment = readDeployment(options, ownRotation);
    const planned = await planFiles(folder, deployment, { region: 'us-east-1', ...options });

    await writeFiles(planned, '');

    const file = path.join(folder, 'rotation.config.new.ts');
    const text = planned.files.at(-1)?.text ?? '';
    const { default: configure } = await load(file);
    const variables = setVariables(variablesIn(asTemplate(deployment.answers)));
    const loaded = configure(variables);
    expect(loaded).toEqual(deployment.configure(variables));
    const keys = rotate.map((each) => each.replace(/=.*$/, ''));
    const { rotators } = readUnasked(loaded).planFor('shop/production');
    expect(rotators.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
    const environment = readEnvironment({ ...variables, KEYTURN_RECONCILE_ARN: 'arn' });
    expect(() => assertGranted(readUnasked(loaded), environment)).not.toThrow();
    const style = await resolveConfig(path.join(import.meta.dirname, 'any.ts'));
    expect(await check(text, { ...style, parser: 'typescript' })).toBe(true);
  });

  test('knows the options of every rotator that are numbers or lists', () => {
    const known = rotatorKinds.flatMap(({ options }) => typesIn(options));
    const odd = known.filter(([, type]) => type !== 'string' && type !== 'picklist');

    expect(Object.fromEntries(odd)).toEqual({
      fallbacks: 'number',
      iterations: 'number',
      length: 'number',
      policy: 'array',
      port: 'number',
      users: 'array',
    });
  });
});

const load = async (file: string) =>
  v.parse(
    v.object({ default: v.custom<AnyConfigure>((value) => typeof value === 'function') }),
    await import(pathToFileURL(file).href),
  );

const schema = v.looseObject({ type: v.string() });

/** What a schema of valibot's calls the input of each option. */
function typesIn(options: unknown): readonly (readonly [name: string, type: string])[] {
  const { entries } = v.parse(v.object({ entries: v.record(v.string(), schema) }), options);
  return Object.entries(entries).map(([name, entry]) => [name, innermost(entry)]);
}

const innermost = (entry: v.InferOutput<typeof schema>): string =>
  v.is(v.object({ wrapped: schema }), entry) ? innermost(entry.wrapped) : entry.type;
