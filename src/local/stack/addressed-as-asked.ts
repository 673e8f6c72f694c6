import type { AwsService } from '../aws-service.ts';

/**
 * An RDS whose databases have the address that it was itself asked at. A machine has several names:
 * what it is to itself (127.0.0.1) is something else to a container on it (host.docker.internal).
 */
export function addressedAsAsked(service: AwsService, databaseHost: string): AwsService {
  return async function rds(request) {
    const response = await service(request);
    const asked = hostOf(request.url);
    if (!response || asked === databaseHost) return response;
    const text = await response.text();
    const answer = text.replaceAll(`<Address>${databaseHost}<`, `<Address>${asked}<`);
    return new Response(answer, response);
  };
}

/** Without the brackets of an IPv6 address, which only a URL has. */
const hostOf = (url: string) => new URL(url).hostname.replaceAll(/[[\]]/g, '');
