import type { ContentContext } from '../context.ts';

/** Of a server that dies its uploads are free after so long. */
const HELD_MS = 20_000;
const RENEW_MS = 5_000;

/**
 * Says of an upload, while work goes on, that a server is at it, so that it does not give way to another.
 * It keeps nobody else from the same work: which of two servers makes the subject is decided where it is made.
 */
export async function holdUpload<Result>(
  ctx: ContentContext,
  id: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const hold = (workedUntil: Date | null) =>
    ctx.db.client.importUpload.updateMany({ where: { id }, data: { workedUntil } });
  const renew = async () => {
    await hold(new Date(ctx.now().getTime() + HELD_MS));
  };
  await renew();
  let renewing = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renew().catch((error: unknown) =>
      ctx.log.debug({ err: error }, 'an upload is not held for now'),
    );
  }, RENEW_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await renewing;
    await hold(null).catch(() => undefined);
  }
}
