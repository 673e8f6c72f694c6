import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { evaluate, shortForms } from '../../src/local/template/intrinsics.ts';

const values = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::StackName': 'redeploy-shop',
  Cluster: 'shop',
  Service: 'web',
  FunctionName: 'shop-web',
};

function example(file: string) {
  const text = readFileSync(new URL(`../../examples/redeploy/${file}`, import.meta.url), 'utf8');
  const { Resources, Outputs, Parameters } = Object(
    evaluate(parse(text, { customTags: shortForms }), { values, conditions: {} }),
  );
  return {
    parameters: Object.keys(Parameters),
    machine: Resources.StateMachine.Properties,
    role: Resources.Role.Properties,
    outputs: Outputs,
  };
}

describe.each([
  {
    file: 'ecs.yaml',
    parameters: ['Cluster', 'Service'],
    call: {
      Resource: 'arn:aws:states:::aws-sdk:ecs:updateService',
      Parameters: { Cluster: 'shop', Service: 'web', ForceNewDeployment: true },
    },
    grant: ['ecs:UpdateService', 'arn:aws:ecs:eu-west-1:123456789012:service/shop/web'],
  },
  {
    file: 'lambda.yaml',
    parameters: ['FunctionName'],
    call: {
      Resource: 'arn:aws:states:::aws-sdk:lambda:updateFunctionConfiguration',
      Parameters: {
        FunctionName: 'shop-web',
        'Description.$':
          "States.Format('Started afresh for version {} of its secret', $.detail.versionId)",
      },
    },
    grant: [
      'lambda:UpdateFunctionConfiguration',
      'arn:aws:lambda:eu-west-1:123456789012:function:shop-web',
    ],
  },
])('examples/redeploy/$file', ({ file, parameters, call, grant: [action, resource] }) => {
  const { machine, role, outputs, ...rest } = example(file);

  test('makes one call, and again where that fails', () => {
    const { StartAt, States } = machine.Definition;

    expect(rest.parameters).toEqual(parameters);
    expect(Object.keys(States)).toEqual([StartAt]);
    expect(States[StartAt]).toMatchObject({
      ...call,
      Retry: [{ ErrorEquals: ['States.TaskFailed'] }],
      End: true,
    });
    expect(outputs.StateMachineArn.Value).toBe('<StateMachine>');
  });

  test('may make that call and no other, for this state machine', () => {
    expect(role.Policies.map((policy: unknown) => Object(policy).PolicyDocument.Statement)).toEqual(
      [[{ Sid: 'Redeploy', Effect: 'Allow', Action: action, Resource: resource }]],
    );
    expect(role.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'states.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: {
            'aws:SourceAccount': '123456789012',
            'aws:SourceArn': 'arn:aws:states:eu-west-1:123456789012:stateMachine:redeploy-shop',
          },
        },
      },
    ]);
    expect(machine).toMatchObject({ StateMachineName: 'redeploy-shop', RoleArn: '<Role.Arn>' });
  });
});

test('what Lambda answers, its variables included, is kept nowhere', () => {
  expect(example('lambda.yaml').machine).toMatchObject({ StateMachineType: 'EXPRESS' });
  expect(example('lambda.yaml').machine).not.toHaveProperty('LoggingConfiguration');
});
