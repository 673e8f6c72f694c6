import * as v from 'valibot';

const texts = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((given): readonly string[] => (typeof given === 'string' ? [given] : given)),
);

const statement = v.object({
  Sid: v.optional(v.string()),
  Effect: v.picklist(['Allow', 'Deny']),
  Principal: v.optional(v.union([v.literal('*'), v.object({ Service: v.optional(texts) })])),
  Action: v.optional(texts),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), texts))),
});

/** As much of a function's policy as says who may invoke it. */
export const policyDocument = v.object({ Statement: v.array(statement) });

export type Statement = v.InferOutput<typeof statement>;

/** Of statements about a service's invoking the function. */
export const isAimedAt =
  (service: string) =>
  ({ Principal, Action = [] }: Statement): boolean => {
    const isMeant = Principal === '*' || Principal?.Service?.includes(service) === true;
    return isMeant && Action.some((action) => like(action.toLowerCase(), invoking));
  };

const invoking = 'lambda:invokefunction';

/** On whose behalf a service calls. */
interface Source {
  readonly account: string;
  readonly arn: string;
}

/** Whether a statement's conditions hold for a call from there. Those it does not know count as held. */
export function fits({ Condition = {} }: Statement, { account, arn }: Source): boolean {
  const given: Readonly<Record<string, string>> = {
    'aws:sourceaccount': account,
    'aws:sourcearn': arn,
  };
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, patterns]) => {
      const value = given[key.toLowerCase()];
      const isNegative = /Not(Equals|Like)/.test(operator);
      return value === undefined || patterns.some((pattern) => like(pattern, value)) !== isNegative;
    }),
  );
}

/** A pattern of a policy: * is any text, ? any character. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
