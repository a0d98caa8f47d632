import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { downloadPath } from './download-path.ts';
import { isAvailable } from './export-document.ts';
import { requestDataExport, requestErasure } from './request-data.ts';
import { listMyDataRequests, myDataRequestsList } from './service.ts';

export const resolvers: Resolvers = {
  Query: {
    myDataRequests: async (_, args, ctx) =>
      toConnection(
        myDataRequestsList,
        await listMyDataRequests(ctx, args),
        args.first,
        (request) => ({ key: [request.requestedAt, request.id], node: request }),
      ),
  },
  Mutation: {
    requestDataExport: (_, { input }, ctx) =>
      answerWithFailures('RequestDataExportSuccess', () => requestDataExport(ctx, input)),
    requestErasure: (_, { input }, ctx) =>
      answerWithFailures('RequestErasureSuccess', () => requestErasure(ctx, input)),
  },
  DataRequest: {
    downloadPath: (request, _, ctx) =>
      isAvailable(request, ctx.now())
        ? downloadPath(request.id, ctx.keys.downloads, ctx.now())
        : null,
  },
};
