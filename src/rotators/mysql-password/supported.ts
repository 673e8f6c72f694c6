import { RotationError } from '../../rotation/errors.ts';
import type { Product, Standing } from './account.ts';

/** The first versions with two passwords for one account. */
const first: Readonly<Record<Product, readonly [number, number, number]>> = {
  MySQL: [8, 0, 14],
  MariaDB: [10, 4, 0],
};

/** Older ones would log statements that they do not know, with the passwords in them. */
export function assertSupported({ product, version }: Standing): void {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  const wanted = first[product];
  const differing = wanted.findIndex((part, index) => part !== parts[index]);
  if (differing === -1 || (parts[differing] ?? 0) > (wanted[differing] ?? 0)) return;
  throw new RotationError(
    'SETUP_UNSUITABLE',
    `The server is ${product} ${version}, and mysql-password needs MySQL 8.0.14 or MariaDB 10.4, or a later one. ` +
      'Upgrade the server, or leave this key to another rotator.',
  );
}
