import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { shortForms } from './intrinsics.ts';

const file = join(import.meta.dirname, '../../../template.yaml');
const record = v.record(v.string(), v.unknown());

/** template.yaml as it is written: CloudFormation's functions are not evaluated. */
export const template = v.parse(
  v.object({
    Parameters: v.record(v.string(), v.looseObject({ Default: v.unknown() })),
    Conditions: record,
    Globals: v.object({ Function: record }),
    Resources: v.record(
      v.string(),
      v.looseObject({
        Type: v.string(),
        Condition: v.optional(v.string()),
        DependsOn: v.optional(v.string()),
        Properties: record,
      }),
    ),
  }),
  parse(readFileSync(file, 'utf8'), { customTags: shortForms }),
);
