import { networkInterfaces } from 'node:os';

/** An IPv4 address of this machine that is not its loopback; `undefined` where there is none. */
export function ownAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((known) => known ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
