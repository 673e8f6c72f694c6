/** A value for each period, the oldest first; `undefined` where there is none. */
export type Series = readonly (number | undefined)[];

interface Given {
  /** The series that the expression refers to, by their ids. */
  readonly series: Readonly<Record<string, Series>>;
  /** Whether FILL fills a series that has no value at all; AWS does not say. */
  readonly fillsEmpty: boolean;
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
/** What CloudWatch makes of an expression of metric math, as far as the template writes any. */
export function evaluateMath(expression: string, given: Given): Series {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+|[-+(),]|\S/g) ?? [];
  const result = sum(tokens, given);
  if (tokens.length > 0) throw new Error(`Not understood: ${tokens.join(' ')}`);
  return result;
}

function sum(tokens: string[], given: Given): Series {
  let result = term(tokens, given);
  while (tokens[0] === '+' || tokens[0] === '-') {
    const sign = tokens.shift() === '-' ? -1 : 1;
    const next = term(tokens, given);
    // A missing value counts as 0 beside one that is there.
    result = result.map((value, index) =>
      value === undefined && next[index] === undefined
        ? undefined
        : (value ?? 0) + sign * (next[index] ?? 0),
    );
  }
  return result;
}

function term(tokens: string[], given: Given): Series {
  const name = tokens.shift() ?? '';
  if (tokens[0] !== '(') return seriesNamed(name, given);
  take(tokens, '(');
  const result = call(name, tokens, given);
  take(tokens, ')');
  return result;
}

function call(name: string, tokens: string[], given: Given): Series {
  const series = sum(tokens, given);
  if (name === 'RUNNING_SUM') return runningSum(series);
  if (name !== 'FILL') throw new Error(`No function of the tests: ${name}`);
  take(tokens, ',');
  const filler = Number(tokens.shift());
  const empty = series.every((value) => value === undefined);
  return empty && !given.fillsEmpty ? series : series.map((value) => value ?? filler);
}

function runningSum(series: Series): Series {
  let total = 0;
  return series.map((value) => (value === undefined ? undefined : (total += value)));
}

function seriesNamed(name: string, { series }: Given): Series {
  const found = series[name];
  if (!found) throw new Error(`No metric of that id: ${name}`);
  return found;
}

function take(tokens: string[], expected: string): void {
  const token = tokens.shift();
  if (token !== expected) throw new Error(`${expected} expected, and not ${token}`);
}
