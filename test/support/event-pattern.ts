import * as v from 'valibot';

const record = v.record(v.string(), v.unknown());

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
/**
 * Whether EventBridge takes an event for one of a pattern, as far as the template writes any: exact
 * values, and `$or`. Throws where the pattern asks for anything else.
 */
export function matches(pattern: unknown, event: unknown): boolean {
  return Object.entries(v.parse(record, pattern)).every(([field, wanted]) => {
    if (field === '$or') return v.parse(v.array(record), wanted).some((one) => matches(one, event));
    const found = v.is(record, event) ? event[field] : undefined;
    if (!Array.isArray(wanted)) return found !== undefined && matches(wanted, found);
    const values = v.parse(v.array(v.string()), wanted);
    return [found].flat().some((value) => typeof value === 'string' && values.includes(value));
  });
}
