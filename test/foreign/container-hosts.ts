import dns from 'node:dns';
import * as v from 'valibot';

// Loaded before the function, and so in place of the /etc/hosts that a container would have.
const hosts = new Map(
  Object.entries(
    v.parse(
      v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string())),
      process.env['CONTAINER_HOSTS'],
    ),
  ),
);
const { lookup } = dns;
Object.assign(dns, {
  lookup: (name: string, ...rest: readonly unknown[]) =>
    Reflect.apply(lookup, dns, [hosts.get(name) ?? name, ...rest]),
});
