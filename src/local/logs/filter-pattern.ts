import { invalidParameter } from './refusals.ts';

/** Whether a line of a log fits a pattern. */
export type Filter = (message: string) => boolean;

/**
 * What a filter pattern means: terms and phrases, or conditions on the fields of a line of JSON. Of
 * AWS's syntax it knows `{ $.a.b = "text*" && ($.c != 1 || $.d IS NULL) }` and `term "a phrase" ?one
 * ?other -without`; throws InvalidParameterException at the rest. Source: "Filter pattern syntax" in
 * AWS's CloudWatch Logs User Guide.
 */
export function filterOf(pattern: string): Filter {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (!text.startsWith('{')) return ofTerms(text);
  if (!text.endsWith('}')) throw invalidPattern();
  return ofFields(text.slice(1, -1));
}

export const invalidPattern = () => invalidParameter('Invalid filter pattern');

/** All plain terms, none of those with a minus, and one at least of those with a question mark. */
function ofTerms(text: string): Filter {
  const terms = [...text.matchAll(/([?-]?)(?:"([^"]*)"|([\w.:/]+))\s*|(.)/g)].map(
    ([, sign = '', phrase, word, odd]) => {
      if (odd !== undefined) throw invalidPattern();
      return { sign, term: phrase ?? word ?? '' };
    },
  );
  const [all, any, none] = ['', '?', '-'].map((sign) =>
    terms.filter((each) => each.sign === sign).map(({ term }) => term),
  );
  return (message) => {
    const holds = (term: string) => message.includes(term);
    const oneOf = !any?.length || any.some(holds);
    return (all ?? []).every(holds) && oneOf && !(none ?? []).some(holds);
  };
}

type Condition = (line: unknown) => boolean;

/** A line that is no JSON fits no condition on fields. */
function ofFields(text: string): Filter {
  const condition = conditionIn(tokensOf(text));
  return (message) => {
    try {
      return condition(JSON.parse(message));
    } catch {
      return false;
    }
  };
}

const token = /\s*(\$(?:\.[\w-]+)+|"[^"]*"|&&|\|\||!=|[=()]|[^\s()=!&|"]+)/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = token.lastIndex) {
    const [, found] = token.exec(text) ?? [];
    if (found === undefined) throw invalidPattern();
    tokens.push(found);
  }
  return tokens;
}

function conditionIn(tokens: string[]): Condition {
  const condition = either(tokens);
  if (tokens.length > 0) throw invalidPattern();
  return condition;
}

function either(tokens: string[]): Condition {
  const options = [both(tokens)];
  while (tokens[0] === '||') {
    tokens.shift();
    options.push(both(tokens));
  }
  return (line) => options.some((option) => option(line));
}

function both(tokens: string[]): Condition {
  const parts = [single(tokens)];
  while (tokens[0] === '&&') {
    tokens.shift();
    parts.push(single(tokens));
  }
  return (line) => parts.every((part) => part(line));
}

function single(tokens: string[]): Condition {
  if (tokens[0] === '(') {
    tokens.shift();
    const inner = either(tokens);
    if (tokens.shift() !== ')') throw invalidPattern();
    return inner;
  }
  const [selector = '', operator = '', value = ''] = tokens.splice(0, 3);
  if (!selector.startsWith('$.')) throw invalidPattern();
  const path = selector.slice(2).split('.');
  return comparison(operator, value, (line) =>
    path.reduce<unknown>((found, name) => Reflect.get(Object(found), name), line),
  );
}

function comparison(operator: string, value: string, field: (line: unknown) => unknown): Condition {
  const isNull = (line: unknown) => field(line) === null;
  const isAbsent = (line: unknown) => field(line) === undefined;
  if (operator === 'IS' && value === 'NULL') return isNull;
  if (operator === 'NOT' && value === 'EXISTS') return isAbsent;
  const fits = matching(value);
  if (operator === '=') return (line) => fits(field(line));
  // A condition on a field that is not there is never met.
  if (operator === '!=') return (line) => !isAbsent(line) && !fits(field(line));
  throw invalidPattern();
}

/** Texts with `*` for any characters; without quotation marks also numbers and truth values. */
function matching(value: string): (found: unknown) => boolean {
  const quoted = /^"(.*)"$/.exec(value)?.[1];
  const plain = quoted ?? value;
  if (plain === '' && quoted === undefined) throw invalidPattern();
  const parts = plain
    .split('*')
    .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (found) =>
    typeof found === 'string'
      ? expression.test(found)
      : quoted === undefined && String(found) === plain;
}
