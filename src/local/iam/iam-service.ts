import type { AwsService } from '../aws-service.ts';
import { answerQuery, QueryError, required, type QueryService } from '../query-protocol.ts';
import { queryServices } from '../service-descriptors.ts';
import { idOf, type User, type Users } from './users.ts';

/**
 * IAM as far as it makes identities with fewer rights than the owner: users, policies of theirs, and
 * access keys. Calls with such a key are held to the policies at any time.
 */
export function iamService(users: Users): AwsService {
  const service: QueryService = {
    ...queryServices.iam,
    actions: userActions(users),
  };
  return async function iam(request) {
    return answerQuery(service, request);
  };
}

function userActions(users: Users): QueryService['actions'] {
  function userIn(form: URLSearchParams): User {
    const name = required(form, 'UserName');
    const user = users.get(name);
    if (user) return user;
    throw new QueryError('NoSuchEntity', `The user with name ${name} cannot be found.`, 404);
  }

  return {
    CreateUser(form) {
      const name = required(form, 'UserName');
      if (users.get(name)) throw exists(name);
      return { User: shown(users.create(name)) };
    },
    GetUser: (form) => ({ User: shown(userIn(form)) }),
    DeleteUser(form) {
      users.remove(userIn(form).name);
      return {};
    },
    PutUserPolicy(form) {
      const { policies } = userIn(form);
      const name = required(form, 'PolicyName');
      const document = documentIn(required(form, 'PolicyDocument'));
      removeNamed(policies, name);
      policies.push({ name, document });
      return {};
    },
    DeleteUserPolicy(form) {
      removeNamed(userIn(form).policies, required(form, 'PolicyName'));
      return {};
    },
    CreateAccessKey(form) {
      const { name, accessKeyIds } = userIn(form);
      const AccessKeyId = idOf('AKIA');
      accessKeyIds.add(AccessKeyId);
      // Signatures are not verified: it is to be had, and nothing more.
      const SecretAccessKey = crypto.randomUUID();
      return { AccessKey: { UserName: name, AccessKeyId, Status: 'Active', SecretAccessKey } };
    },
    DeleteAccessKey(form) {
      userIn(form).accessKeyIds.delete(required(form, 'AccessKeyId'));
      return {};
    },
  };
}

const shown = ({ name, id, arn }: User) => ({ Path: '/', UserName: name, UserId: id, Arn: arn });

function removeNamed(policies: User['policies'], name: string): void {
  const at = policies.findIndex((policy) => policy.name === name);
  if (at >= 0) policies.splice(at, 1);
}

function documentIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new QueryError('MalformedPolicyDocument', 'Syntax errors in policy.');
  }
}

const exists = (name: string) =>
  new QueryError('EntityAlreadyExists', `User with name ${name} already exists.`, 409);
