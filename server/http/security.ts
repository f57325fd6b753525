/** Response headers: what a browser may do with what comes from here. */
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Pages that may fetch a receipt from any gateway, to check it themselves. */
const CHECKING_PAGES = ['/verify', '/r', '/c'];

export function securityHeaders(publicUrl: string): RequestHandler {
  const isSecure = publicUrl.startsWith('https:');
  const policy = (connect: readonly string[]) =>
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          // The prover and the receipt's check are WebAssembly.
          scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
          workerSrc: ["'self'", 'blob:'],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          fontSrc: ["'self'"],
          connectSrc: connect,
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      strictTransportSecurity: isSecure,
      xFrameOptions: { action: 'deny' },
      referrerPolicy: { policy: 'no-referrer' },
    });
  const usual = policy(["'self'"]);
  const checking = policy(["'self'", 'https:']);
  return (request, response, next) => {
    response.setHeader(
      'Permissions-Policy',
      'camera=(self), publickey-credentials-get=(self), publickey-credentials-create=(self), geolocation=(), microphone=()',
    );
    (CHECKING_PAGES.includes(request.path) ? checking : usual)(request, response, next);
  };
}
