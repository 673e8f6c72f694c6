import * as v from 'valibot';
import { resolved, template, type Parameters } from './template.ts';

const record = v.record(v.string(), v.unknown());

/** The resources that are made with these parameters, by their logical ids, evaluated. */
export function resourcesWith(
  parameters: Parameters = {},
): Readonly<Record<string, { type: string; properties: Readonly<Record<string, unknown>> }>> {
  return Object.fromEntries(
    Object.entries(template.Resources)
      .filter(
        ([, { Condition: condition }]) =>
          condition === undefined || resolved({ Condition: condition }, parameters) === true,
      )
      .map(([id, { Type: type, Properties }]) => [
        id,
        { type, properties: v.parse(record, resolved(Properties, parameters)) },
      ]),
  );
}

/** The properties of those of one type, by their logical ids. */
export const propertiesOfType = (type: string, parameters: Parameters = {}) =>
  Object.fromEntries(
    Object.entries(resourcesWith(parameters))
      .filter(([, resource]) => resource.type === type)
      .map(([id, { properties }]) => [id, properties]),
  );
