import { escapeIdentifier } from 'pg';
import { scramVerifier } from '../../rotators/postgres/scram-verifier.ts';
import { setUpStatements } from '../../rotators/postgres-alternating/set-up.ts';
import { newAdministrator, storeAdministrator } from './administrator.ts';
import { placeParameters } from './place-parameters.ts';
import type { Ground, SetUp } from './strategy.ts';

/** One user, who changes their own password. */
export const onPostgres = async ({ usualPlace }: Ground): Promise<SetUp> => ({
  database: usualPlace,
  parameters: {
    ...placeParameters(usualPlace),
    DbRotator: 'postgres-password',
    DbUser: usualPlace.user,
  },
  keys: {},
});

/** Two users who act as the owner of everything, and an administrator of these two. */
export async function alternating(ground: Ground): Promise<SetUp> {
  const { usualPlace, postgres, dbPassword } = ground;
  const { user: owner, database } = usualPlace;
  const users = [`${owner}_a`, `${owner}_b`] as const;
  const [first] = users;
  const verifier = await scramVerifier(dbPassword);
  const run = (statement: string) => postgres.query(statement, [], database);
  await run(`ALTER ROLE ${escapeIdentifier(owner)} NOLOGIN NOCREATEROLE NOCREATEDB`);
  const statements = setUpStatements({ owner, users }, { verifier, isOwnerThere: true });
  for (const statement of statements) await run(statement);

  const administrator = newAdministrator();
  const { username: name, password } = administrator;
  await postgres.createRole({ name, password, createRole: true });
  const both = users.map(escapeIdentifier).join(', ');
  await run(`GRANT ${both} TO ${escapeIdentifier(name)} WITH ADMIN OPTION`);
  return {
    database: usualPlace,
    parameters: {
      ...placeParameters(usualPlace),
      DbRotator: 'postgres-alternating',
      DbUsers: users.join(','),
      DbAdminSecretArn: storeAdministrator(ground, administrator),
    },
    keys: { DB_USER: first },
  };
}
