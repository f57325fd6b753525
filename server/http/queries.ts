/** Every query of every service -> GET (or POST, where the input must not stand in an address) /v1/{service}/{path}. */
import { answerQuery } from '../actions/query.ts';
import type { Context } from '../context.ts';
import { actorOf } from './identity.ts';
import { type Route, route } from './route.ts';

export function queryRoutes(context: Context): readonly Route[] {
  return context.services.flatMap((service) =>
    Object.entries(service.queries).map(([name, query]) => {
      const isPost = query.method === 'post';
      return route({
        method: isPost ? 'post' : 'get',
        path: `/v1/${service.id}/${query.path}`,
        tag: service.id,
        access: query.access,
        scope: `${service.id}/${name}`,
        summary: query.summary,
        example: query.example,
        answer: query.output,
        // The service's schema takes path and query members together and is applied there.
        ...(isPost ? { isRaw: true, body: query.input } : {}),
        problems: ['INPUT_INVALID', 'NOT_FOUND'],
        isShared: query.access === 'public' && !isPost,
        async handle({ params, query: asked, body, caller }, response) {
          const input = isPost ? body : { ...asked, ...params };
          if (isPost || query.access === 'organisation') response.setHeader('Cache-Control', 'no-store');
          response.json(await answerQuery(context, service, name, actorOf(caller), input));
        },
      });
    }),
  );
}
