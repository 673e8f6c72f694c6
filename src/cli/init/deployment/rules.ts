import type { Answers } from './parameters.ts';

interface Rule {
  /** Its name among the Rules of template.yaml. */
  readonly name: string;
  readonly broken: (answers: Required) => boolean;
  /** What is wrong, and what to do. */
  readonly says: string;
}

/** Answers an empty text for what was not given. */
type Required = (name: string) => string;

const given = (of: Required, ...names: readonly string[]) =>
  names.filter((name) => of(name) !== '');

/** What CloudFormation would refuse before it makes anything: the Rules of template.yaml. */
const rules: readonly Rule[] = [
  {
    name: 'OneDatabase',
    broken: (of) => given(of, 'DbInstance', 'DbCluster', 'DbHost').length > 1,
    says: 'DbInstance, DbCluster and DbHost each name the database: give one of them',
  },
  {
    name: 'MasterPassword',
    broken: (of) =>
      rotatorIn(of) === 'rds-master-password' &&
      given(of, 'DbHost', 'DbPort', 'DbUser', 'DbAdminSecretArn').length > 0,
    says:
      'DbHost, DbPort, DbUser and DbAdminSecretArn are not for the master password of RDS: give DbRotator ' +
      'beside them, or leave them out',
  },
  {
    name: 'Alternating',
    broken: (of) =>
      rotatorIn(of) === 'postgres-alternating' &&
      (given(of, 'DbUsers', 'DbAdminSecretArn').length < 2 || of('DbUser') !== ''),
    says: 'postgres-alternating takes DbUsers and DbAdminSecretArn, and no DbUser',
  },
  {
    name: 'OnlyAlternating',
    broken: (of) => of('DbUsers') !== '' && rotatorIn(of) !== 'postgres-alternating',
    says: 'DbUsers is for DbRotator=postgres-alternating',
  },
  {
    name: 'OnlyMysql',
    broken: (of) => of('DbPasswords') === 'one' && rotatorIn(of) !== 'mysql-password',
    says: 'DbPasswords is for DbRotator=mysql-password',
  },
  {
    name: 'AdminWithKey',
    broken: (of) => of('DbAdminKmsKeyArn') !== '' && of('DbAdminSecretArn') === '',
    says: 'DbAdminKmsKeyArn needs DbAdminSecretArn beside it',
  },
  {
    name: 'SubnetsWithGroups',
    broken: (of) => of('SubnetIds') !== '' && of('SecurityGroupIds') === '',
    says: 'SubnetIds needs SecurityGroupIds beside it',
  },
  {
    name: 'WholeNetwork',
    broken: (of) =>
      of('EndpointsVpcId') !== '' && given(of, 'SubnetIds', 'EndpointsVpcCidr').length < 2,
    says: 'EndpointsVpcId needs SubnetIds and EndpointsVpcCidr beside it',
  },
  {
    name: 'OneTopic',
    broken: (of) => given(of, 'AlarmTopicArn', 'AlarmEmail').length > 1,
    says: 'AlarmEmail is for a topic that the stack makes: leave out one of it and AlarmTopicArn',
  },
];

const rotatorIn = (of: Required) => of('DbRotator') || 'rds-master-password';

/**
 * Which rules of the template the answers break together. A rule that asks for one of the `open`
 * parameters, which are answered later, is not broken yet.
 */
export const brokenBy = (answers: Answers, open: readonly string[] = []): readonly Rule[] =>
  rules.filter(({ broken }) => {
    const asked = new Set<string>();
    const isBroken = broken((name) => {
      asked.add(name);
      return answers[name] ?? '';
    });
    return isBroken && !open.some((name) => asked.has(name));
  });
