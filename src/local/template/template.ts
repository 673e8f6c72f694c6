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
    Metadata: v.object({
      'AWS::CloudFormation::Interface': v.object({
        ParameterGroups: v.array(v.looseObject({ Parameters: v.array(v.string()) })),
      }),
    }),
    Parameters: v.record(
      v.string(),
      v.looseObject({
        Type: v.string(),
        Default: v.unknown(),
        Description: v.string(),
        AllowedPattern: v.optional(v.string()),
        AllowedValues: v.optional(v.array(v.union([v.string(), v.number()]))),
        MinValue: v.optional(v.number()),
        MaxValue: v.optional(v.number()),
      }),
    ),
    Rules: v.record(
      v.string(),
      v.looseObject({
        RuleCondition: v.optional(v.unknown()),
        Assertions: v.array(v.object({ Assert: v.unknown(), AssertDescription: v.string() })),
      }),
    ),
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
