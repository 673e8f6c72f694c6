/** What the test needs: the package's own types claim `request.session`, which cookie-session's do too. */
declare module 'express-session' {
  import type { RequestHandler } from 'express';

  export default function session(options: {
    readonly secret: string[];
    readonly resave: boolean;
    readonly saveUninitialized: boolean;
  }): RequestHandler;

  global {
    // oxlint-disable-next-line typescript/no-namespace -- Express has its types extended in this way
    namespace Express {
      interface Request {
        readonly sessionID: string;
      }
    }
  }
}
