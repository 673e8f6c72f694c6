import cookieSession from 'cookie-session';
import { type Request, type RequestHandler, Router } from 'express';
import { type Secrets, signingKeys } from 'keyturn/app';
import { HttpError } from './errors.ts';
import { fieldsOf, textIn } from './input.ts';

/** In ms. Shorter than two rotations: for so long the secret lists the key that signed a cookie. */
const sevenDays = 7 * 24 * 3_600_000;

interface Needs {
  readonly secrets: Secrets;
  /** Whether browsers reach the app by HTTPS. */
  readonly isSecure: boolean;
}

/** Sessions in signed cookies. The keys change with the secret, and the cookies stay valid. */
export const sessions = ({ secrets, isSecure }: Needs): RequestHandler =>
  cookieSession({
    name: 'session',
    keys: signingKeys('SECRET_KEY', { secrets }),
    maxAge: sevenDays,
    sameSite: 'lax',
    secure: isSecure,
  });

/** Logging in takes a name alone: a real application asks for more. */
export function sessionRoutes(): Router {
  const routes = Router();

  routes.post('/login', (request, response) => {
    const name = textIn(fieldsOf(request.body), 'name', { longest: 64 });
    request.session = { name };
    response.json({ name });
  });
  routes.post('/logout', (request, response) => {
    request.session = null;
    response.status(204).end();
  });
  routes.get('/me', (request, response) => {
    response.json({ name: userOf(request) });
  });

  return routes;
}

/** Who is logged in. Throws an HttpError of 401. */
export function userOf({ session }: Request): string {
  const name: unknown = session?.['name'];
  if (typeof name === 'string') return name;
  throw new HttpError(401, 'Log in first.');
}
