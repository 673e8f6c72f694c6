import * as v from 'valibot';
import { Pair, YAMLMap, type Tags } from 'yaml';

/** CloudFormation's functions as far as the template uses them. */
const functions = [
  'And',
  'EachMemberIn',
  'Equals',
  'GetAtt',
  'If',
  'Join',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
];

/** The short forms of the functions, read as the long ones. */
export const shortForms: Tags = ['Ref', ...functions].flatMap((name) => {
  const key = name === 'Ref' ? name : `Fn::${name}`;
  return [
    { tag: `!${name}`, resolve: (text: string) => ({ [key]: text }) },
    {
      tag: `!${name}`,
      collection: 'seq' as const,
      resolve(list: unknown) {
        const map = new YAMLMap();
        map.add(new Pair(key, list));
        return map;
      },
    },
  ];
});

export interface Scope {
  /**
   * What `Ref` and `GetAtt` answer: parameters and pseudo parameters by name, attributes of
   * resources as `LogicalId.Attribute`.
   */
  readonly values: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, unknown>>;
}

const nothing = Symbol('AWS::NoValue');
const record = v.record(v.string(), v.unknown());

/**
 * What CloudFormation makes of a part of a template. Resources that the scope does not know stand
 * as `<LogicalId>` and `<LogicalId.Attribute>`.
 */
export function evaluate(part: unknown, scope: Scope): unknown {
  if (Array.isArray(part)) return present(part.map((item) => evaluate(item, scope)));
  if (!v.is(record, part)) return part;
  const [name, argument] = Object.entries(part)[0] ?? ['', undefined];
  if (name === 'Ref' || name.startsWith('Fn::')) return call(name, argument, scope);
  if (name === 'Condition' && typeof argument === 'string') return holds(argument, scope);
  return Object.fromEntries(
    Object.entries(part)
      .map(([key, item]) => [key, evaluate(item, scope)] as const)
      .filter(([, item]) => item !== nothing),
  );
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  if (name === 'Fn::If') {
    const [condition, then, otherwise] = list(argument);
    return evaluate(holds(condition, scope) ? then : otherwise, scope);
  }
  const value = evaluate(argument, scope);
  switch (name) {
    case 'Ref':
      return reference(String(value), scope);
    case 'Fn::GetAtt':
      return reference([value].flat().join('.'), scope);
    case 'Fn::Equals':
      return list(value)[0] === list(value)[1];
    case 'Fn::EachMemberIn': {
      const [members, allowed] = list(value).map(list);
      return members?.every((member) => allowed?.includes(member));
    }
    case 'Fn::Not':
      return list(value)[0] !== true;
    case 'Fn::And':
      return list(value).every((item) => item === true);
    case 'Fn::Or':
      return list(value).includes(true);
    case 'Fn::Join':
      return [list(value)[1]].flat().join(String(list(value)[0]));
    case 'Fn::Select':
      return [list(value)[1]].flat()[Number(list(value)[0])];
    case 'Fn::Split':
      return String(list(value)[1]).split(String(list(value)[0]));
    case 'Fn::Sub':
      return substituted(value, scope);
    default:
      throw new Error(`The local stack does not know CloudFormation's ${name}.`);
  }
}

const reference = (name: string, { values }: Scope) => {
  if (name === 'AWS::NoValue') return nothing;
  return name in values ? values[name] : `<${name}>`;
};

const holds = (name: unknown, scope: Scope) =>
  evaluate(scope.conditions[String(name)], scope) === true;

function substituted(value: unknown, scope: Scope): string {
  const [text, own] = Array.isArray(value) ? list(value) : [value, {}];
  const values = { ...scope.values, ...v.parse(record, own) };
  return v
    .parse(v.string(), text)
    .replace(/\$\{([^}]+)\}/g, (_, name: string) => String(reference(name, { ...scope, values })));
}

const list = (value: unknown) => v.parse(v.array(v.unknown()), value);
const present = (items: readonly unknown[]) => items.filter((item) => item !== nothing);
