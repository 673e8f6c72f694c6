import { createHash } from 'node:crypto';

/**
 * What MariaDB stores for a password under `mysql_native_password`: the SHA-1 of the SHA-1, in
 * hexadecimal digits. MariaDB takes it in the password's place, so its logs never see that one.
 * Source: https://mariadb.com/kb/en/authentication-plugin-mysql_native_password/.
 */
export const nativeHash = (password: string): string =>
  `*${sha1(sha1(password)).toString('hex').toUpperCase()}`;

const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest();
